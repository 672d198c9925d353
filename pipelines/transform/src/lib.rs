//! Transform: build models, run audits, publish.
