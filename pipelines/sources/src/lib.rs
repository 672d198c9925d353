//! Sources: pages of bytes from the systems of a city.
