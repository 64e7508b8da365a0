#!/bin/sh
# Plays a test binary with one test, `a`. What it does is in the file `case` of the folder it runs in,
# and what it does before it looks at its arguments in `begins`.
if [ -f ./begins ]; then . ./begins; fi
if [ "$1" = --list ]; then
    echo "a: test"
    exit
fi
. ./case
