"""How AWS is called: region, credentials and timeouts, the same for every service.

The calls themselves do not belong here.
"""
