#!/bin/sh
# Verify one saved webhook with openssl alone: verify.sh SECRET ID TIMESTAMP SIGNATURES < body
# The one line is the second last; it prints "verified" or fails. SIGNATURES is the webhook-signature header as it came.
set -eu
key=$(printf '%s' "${1#whsec_}" | base64 -d | od -An -vtx1 | tr -d ' \n')
made=v1,$({ printf '%s.%s.' "$2" "$3"; cat; } | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)
case " $4 " in *" $made "*) [ $(($(date +%s) - $3)) -lt 300 ] && [ $(($3 - $(date +%s))) -lt 300 ] && echo verified ;; *) echo "the signature does not hold" >&2; exit 1 ;; esac
