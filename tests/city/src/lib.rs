//! A made-up 荆门 with known truth.
