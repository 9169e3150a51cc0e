"""The dashboard: pure functions from published rows to one HTML file and its preview picture.

`choice` says which rows are held, `facts` what is known of songs besides their places, `data` packs them, `page` puts
them into `page/` (HTML, CSS and JavaScript as they are served), and `preview` draws the picture that Dagster shows.
`inputs` reads the rows, and `library` keeps the charting library in the lake.
"""
