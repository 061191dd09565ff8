"""The image of the bracelet on an ESP32-C3 board. Whatever ends it starts it anew: nothing leads to a prompt."""

from machine import reset

from baqylau.devices.bracelet import core
from firmware.boards.esp32c3.board import Esp32c3
from firmware.boards.esp32c3.sensors import CASE_PIN, LOOP_PIN, MOTION_PIN, BraceletSensors
from firmware.runner import run

try:
    board = Esp32c3((CASE_PIN, LOOP_PIN, MOTION_PIN))
    run(core, board, BraceletSensors(board).sample)
finally:
    reset()
