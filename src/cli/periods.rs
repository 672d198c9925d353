//! What the verbs about closed months may be given.

use clap::Args;
use warehouse::Period;

/// Arguments of `jieyue close`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue close 2024-12
Closes:   the month and all before it, and with a December its year: their published numbers change
          by `jieyue restate` alone. A publication that would change one is refused, with the list
Prints:   the month and the publication whose numbers hold; without a month, all that is closed")]
pub struct Close {
    /// The month, such as 2024-12; lists what is closed when none is named
    #[arg(value_parser = month)]
    pub month: Option<Period>,
}

/// Arguments of `jieyue restate`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue restate 2024-12 --reason 'the bill of ORG-0042 was entered twice'
Before:   load the right rows and `jieyue build`; the restatement publishes what is built
Prints:   each number of a closed month that changed: where, from what, to what
Faults:   a number of another closed month would change too: name that month as well, or nothing is
          published. Without a month, lists what was restated before, and why")]
pub struct Restate {
    /// The months whose numbers may change; lists what was restated when none is named
    #[arg(value_parser = month, requires = "reason")]
    pub months: Vec<Period>,
    /// Why; it is published with the numbers
    #[arg(long, value_parser = reason)]
    pub reason: Option<String>,
    /// A note kept with the publication
    #[arg(long)]
    pub note: Option<String>,
}

fn month(text: &str) -> Result<Period, String> {
    text.parse()
        .map_err(|_| "write a year and a month, such as 2024-12".to_owned())
}

fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("say why, in a sentence: it is published with the numbers".to_owned());
    }
    Ok(text.to_owned())
}
