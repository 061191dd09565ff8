"""Numbers that EGTS gives to things, with the standard's meaning."""

from enum import IntEnum


class ResultCode(IntEnum):
    """What became of a packet, a record or a sign-in (GOST 33472-2015, table A.14)."""

    OK = 0
    IN_PROGRESS = 1
    UNSUPPORTED_PROTOCOL = 128
    DECRYPT_ERROR = 129
    PROCESSING_DENIED = 130
    WRONG_HEADER_FORM = 131
    WRONG_DATA_FORM = 132
    UNSUPPORTED_TYPE = 133
    WRONG_PARAMETER_COUNT = 134
    PROCESSED_TWICE = 135
    SOURCE_DENIED = 136
    HEADER_CRC_ERROR = 137
    DATA_CRC_ERROR = 138
    WRONG_DATA_LENGTH = 139
    ROUTE_NOT_FOUND = 140
    ROUTE_CLOSED = 141
    ROUTE_DENIED = 142
    WRONG_ADDRESS = 143
    TTL_EXPIRED = 144
    NO_ACKNOWLEDGEMENT = 145
    OBJECT_NOT_FOUND = 146
    EVENT_NOT_FOUND = 147
    SERVICE_NOT_FOUND = 148
    SERVICE_DENIED = 149
    SERVICE_UNKNOWN = 150
    AUTH_DENIED = 151
    ALREADY_EXISTS = 152
    ID_NOT_FOUND = 153
    WRONG_DATE_TIME = 154
    IO_ERROR = 155
    NO_RESOURCES = 156
    MODULE_FAULT = 157
    MODULE_POWER_FAULT = 158
    MODULE_PROCESSOR_FAULT = 159
    MODULE_SOFTWARE_FAULT = 160
    MODULE_FIRMWARE_FAULT = 161
    MODULE_IO_FAULT = 162
    MODULE_MEMORY_FAULT = 163
    TEST_FAILED = 164


PASSING = frozenset(
    {
        ResultCode.IN_PROGRESS,
        ResultCode.HEADER_CRC_ERROR,
        ResultCode.DATA_CRC_ERROR,
        ResultCode.NO_ACKNOWLEDGEMENT,
        ResultCode.IO_ERROR,
        ResultCode.NO_RESOURCES,
        ResultCode.MODULE_FAULT,
    }
)
"""Refusals that may be gone next time: the sender keeps its records and sends them again."""


class PacketType(IntEnum):
    """What a packet is (A.5.16)."""

    RESPONSE = 0
    APPDATA = 1
    SIGNED_APPDATA = 2


class Service(IntEnum):
    """Who a record is for (table V.3; 10 is the emergency call service of Order 285)."""

    AUTH = 1
    TELEDATA = 2
    COMMANDS = 3
    FIRMWARE = 4
    ECALL = 10


class ServiceState(IntEnum):
    """Whether a service may be used (table V.14)."""

    IN_SERVICE = 0
    OUT_OF_SERVICE = 128


RECORD_RESPONSE = 0
"""The one kind of subrecord that every service knows: what became of a record."""


class Auth(IntEnum):
    """Subrecords of the authorisation service (table V.4)."""

    TERM_IDENTITY = 1
    MODULE_DATA = 2
    VEHICLE_DATA = 3
    DISPATCHER_IDENTITY = 5
    AUTH_PARAMS = 6
    AUTH_INFO = 7
    SERVICE_INFO = 8
    RESULT_CODE = 9


class Teledata(IntEnum):
    """Subrecords of the telematic service (table B.1)."""

    POS_DATA = 16
    EXT_POS_DATA = 17
    AD_SENSORS_DATA = 18
    COUNTERS_DATA = 19
    STATE_DATA = 20
    LOOPIN_DATA = 22
    ABS_DIG_SENS_DATA = 23
    ABS_AN_SENS_DATA = 24
    ABS_CNTR_DATA = 25
    ABS_LOOPIN_DATA = 26
    LIQUID_LEVEL_SENSOR = 27
    PASSENGERS_COUNTERS = 28


class Source(IntEnum):
    """Events behind a position that say something of the device itself (from table B.3)."""

    TIMER = 0
    CASE_OPENED = 10
    EXTERNAL_POWER_LOST = 11
