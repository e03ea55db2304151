"""The promises of docs/promises.md, tried: `make promises`. Small versions of the quick ones run in `make test`."""
