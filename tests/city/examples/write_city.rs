//! Writes a city and its truth into a folder: `cargo run -p jieyue -p city --example write_city -- FOLDER [county|city] [MONTH]`.

use std::path::PathBuf;
use std::time::Instant;

use city::{Month, Reference, Spec};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("give a folder")?);
    let size = arguments.next().unwrap_or_else(|| "county".to_owned());
    let to: Month = arguments
        .next()
        .map_or(Ok(Month::new(2026, 10)), |month| month.parse())?;
    let spec = if size == "city" {
        Spec::city(20_260_101, to)
    } else {
        Spec::county(20_260_101)
    };

    let start = Instant::now();
    let city = city::generate(&spec);
    println!("generated in {:.2?}", start.elapsed());
    let start = Instant::now();
    let manifest = city.write_sources(&folder)?;
    println!(
        "{} rows in {} files written in {:.2?}",
        manifest.rows(),
        manifest.file_count(),
        start.elapsed()
    );
    let start = Instant::now();
    let reference = Reference::read(
        &PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../schemas/reference"),
    )?;
    let truth = city.truth(&reference);
    println!("truth in {:.2?}", start.elapsed());
    for row in &truth.target_progress {
        println!(
            "{} {} {}: {:?} {:?} {:?} {:?}",
            row.metric,
            row.year,
            row.reason.unwrap_or(""),
            row.value.map(|value| value.to_string()),
            row.change_pct.map(|value| value.to_string()),
            row.gap_pct.map(|value| value.to_string()),
            row.is_on_track
        );
    }
    std::fs::write(folder.join("truth.json"), serde_json::to_string(&truth)?)?;
    Ok(())
}
