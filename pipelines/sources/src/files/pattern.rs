//! A pattern of file names, split into the folder it starts from and what is matched below it.

use globset::{GlobBuilder, GlobMatcher};

use crate::SourceError;

/// A pattern such as `data/energy/monthly_*.csv`.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// As the job wrote it.
    pub(super) text: String,
    /// The part without any wildcard up to the last `/` before the first one; may be empty.
    pub(super) base: String,
    /// How many folders below `base` a match can lie; `None` when the pattern has `**`.
    pub(super) depth: Option<usize>,
    /// Whether the pattern names one file, without wildcards.
    pub(super) is_literal: bool,
    /// Whether names that begin with a dot, or with the `~$` of a lock file, can match.
    takes_hidden: bool,
    matcher: GlobMatcher,
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Pattern, SourceError> {
        let glob = GlobBuilder::new(text)
            .literal_separator(true)
            .build()
            .map_err(|source| SourceError::BadPattern {
                pattern: text.to_owned(),
                source,
            })?;
        let first_wildcard = text.find(['*', '?', '[', '{']);
        let base = match first_wildcard.map_or(text.rfind('/'), |at| text[..at].rfind('/')) {
            Some(slash) => text[..=slash].to_owned(),
            None => String::new(),
        };
        let below = &text[base.len()..];
        let file = below.rsplit('/').next().unwrap_or(below);
        Ok(Pattern {
            depth: (!below.contains("**")).then(|| below.matches('/').count()),
            is_literal: first_wildcard.is_none(),
            takes_hidden: file.starts_with(['.', '~']),
            base,
            text: text.to_owned(),
            matcher: glob.compile_matcher(),
        })
    }

    /// Whether a file with this name, written like the pattern, is meant.
    pub(super) fn matches(&self, name: &str) -> bool {
        if self.is_literal {
            return name == self.text;
        }
        let file = name.rsplit('/').next().unwrap_or(name);
        let is_hidden = file.starts_with('.') || file.starts_with("~$");
        (self.takes_hidden || !is_hidden) && self.matcher.is_match(name)
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn pattern_knows_where_its_wildcards_begin() {
        for (text, base, depth, is_literal) in [
            ("data/energy/monthly_*.csv", "data/energy/", Some(0), false),
            ("data/*/monthly.csv", "data/", Some(1), false),
            ("data/**/*.csv", "data/", None, false),
            ("*.csv", "", Some(0), false),
            ("data/a.csv", "data/", Some(0), true),
            ("/abs/{a,b}.csv", "/abs/", Some(0), false),
        ] {
            let pattern = Pattern::parse(text).expect("a pattern");
            assert_eq!(
                (pattern.base.as_str(), pattern.depth, pattern.is_literal),
                (base, depth, is_literal),
                "{text}"
            );
        }
    }

    #[test]
    fn star_stays_inside_a_folder_and_passes_over_hidden_and_lock_files() {
        let pattern = Pattern::parse("data/*.xlsx").expect("a pattern");
        assert!(pattern.matches("data/book.xlsx"));
        assert!(pattern.matches("data/用能.xlsx"));
        for name in [
            "data/2026/book.xlsx",
            "data/.book.xlsx",
            "data/~$book.xlsx",
            "data/book.xls",
        ] {
            assert!(!pattern.matches(name), "{name}");
        }
    }
}
