"""Where a unit sends what (`spec/media.md`, V1)."""

MANIFESTS, PIECES = "/v1/manifests", "/v1/pieces"
