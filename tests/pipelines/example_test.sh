#!/bin/sh
# SPDX-License-Identifier: MIT
# example_test.sh PROGRAM DATA: the example application tells each face by message and by meta.
set -eu
told=$("$1" "$2/three_faces.jpg")
echo "$told"
[ "$(echo "$told" | grep -c '^message: ')" = 3 ]
[ "$(echo "$told" | sed -n 's/^message: //p' | sort)" = "$(echo "$told" | sed -n 's/^meta: //p' | sort)" ]
[ "$(echo "$told" | grep -c 'confidence 0\.[5-9]')" = 6 ]
[ -z "$("$1" "$2/no_face.jpg")" ]
if "$1" "$2/nothing.jpg" 2>/dev/null; then exit 1; fi
