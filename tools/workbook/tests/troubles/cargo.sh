#!/bin/sh
# Plays a cargo that fails. What it says is in the variables.
printf '%s\n' "$CARGO_MESSAGE"
printf '%s\n' "$CARGO_WORDS" >&2
exit 101
