//! Schedule: when jobs are due, who runs them, what is made up for.
