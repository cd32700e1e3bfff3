//go:build tools

// Package acme names the command that is built, so that `go mod tidy` keeps what it needs.
package acme

import _ "github.com/letsencrypt/pebble/v2/cmd/pebble"
