//! What has become of the columns since the last pull.

use serde::{Deserialize, Serialize};

/// A column as the server describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// Its type as `create table` writes it.
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

/// The differences in words, one a column; a type that changed, columns that came, columns that went.
pub(crate) fn differences(before: &[Column], now: &[Column]) -> Vec<String> {
    let find = |columns: &[Column], name: &str| -> Option<Column> {
        columns.iter().find(|column| column.name == name).cloned()
    };
    let mut told = Vec::new();
    for column in now {
        match find(before, &column.name) {
            None => told.push(format!("`{}` ({}) has come", column.name, column.kind)),
            Some(was) if was.kind != column.kind => told.push(format!(
                "`{}` was {} and is {}",
                column.name, was.kind, column.kind
            )),
            Some(_) => {}
        }
    }
    for column in before {
        if find(now, &column.name).is_none() {
            told.push(format!("`{}` ({}) has gone", column.name, column.kind));
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_went_and_changed_is_told_column_by_column() {
        let columns = |text: &str| -> Vec<Column> {
            let pairs = text
                .split(", ")
                .map(|pair| pair.split_once(' ').expect("a pair"));
            pairs
                .map(|(name, kind)| Column {
                    name: name.to_owned(),
                    kind: kind.to_owned(),
                })
                .collect()
        };
        let before = columns("id bigint, kwh numeric(18,2), note text");
        assert_eq!(
            differences(&before, &columns("kwh numeric(18,4), id bigint, unit text")),
            [
                "`kwh` was numeric(18,2) and is numeric(18,4)",
                "`unit` (text) has come",
                "`note` (text) has gone"
            ]
        );
        assert_eq!(differences(&before, &before), Vec::<String>::new());
    }
}
