//! End to end: the whole way of a row, with real servers, clients and faults.

#[cfg(test)]
mod city;
#[cfg(test)]
mod edges;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod lake;
#[cfg(test)]
mod real;
