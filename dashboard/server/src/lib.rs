//! The service: API, pages, publications opened for readers.
