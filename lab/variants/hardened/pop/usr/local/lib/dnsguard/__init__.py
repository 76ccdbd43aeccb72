"""dnsguard - announces the service prefixes while the DNS server beside it answers as it should."""
