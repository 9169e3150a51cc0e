"""How AWS is asked: region, credentials, and patience, the same for every service.

What is asked of it does not belong here.
"""
