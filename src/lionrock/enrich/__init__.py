"""One file per fact about an asset: network, registration country, geolocation, contact; and scope."""
