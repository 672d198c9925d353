//! The pages are part of the binary: build again when they were built again. Without them the folder is
//! made empty, so that the binary can be built on its own.

use std::path::Path;

fn main() {
    let dist = Path::new("../web/dist");
    if !dist.exists()
        && let Err(error) = std::fs::create_dir_all(dist)
    {
        println!("cargo::warning=cannot make {}: {error}", dist.display());
    }
    println!("cargo::rerun-if-changed=../web/dist");
}
