"""The gRPC side: servicers, converters, interceptors, and the server that carries them."""
