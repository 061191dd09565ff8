"""OsmAnd's and Traccar Client's reports over HTTP, as query or as JSON: the quickest way to make a phone a test device.

The contract is `protocols/spec/osmand.md`. Nothing in it proves who speaks: label *unauthenticated device*.
"""

from baqylau.protocols.osmand.device import OsmAndDevice
from baqylau.protocols.osmand.session import OsmAndSession, decode_frame

__all__ = ["OsmAndDevice", "OsmAndSession", "decode_frame"]
