"""What speaks Spotify's JSON: payload types, the sample source, and the API client."""
