//! Sending mail (RFC 5321, RFC 6409).
