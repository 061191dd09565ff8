"""The image of the relay on an ESP32-C3 board. Whatever ends it starts it anew: nothing leads to a prompt."""

from machine import reset

from baqylau.devices.relay import core
from firmware.boards.esp32c3.board import Esp32c3
from firmware.boards.esp32c3.sensors import CASE_PIN, MOTION_PIN, RelaySensors
from firmware.runner import run

try:
    board = Esp32c3((CASE_PIN, MOTION_PIN))
    run(core, board, RelaySensors(board).sample)
finally:
    reset()
