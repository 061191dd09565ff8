"""The image of the tracker on an ESP32-S3 board. Whatever ends it starts it anew: nothing leads to a prompt."""

from machine import reset

from firmware.boards.esp32s3.tracker_board import TrackerBoard
from firmware.tracker.runner import run

try:
    run(TrackerBoard())
finally:
    reset()
