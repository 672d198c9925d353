//! The statement that gives the rows.

use super::config::{Changes, DatabaseConfig};
use super::dialect::Dialect;
use super::state::{Point, Start};

/// What rows are read from, as it stands behind `from`.
pub(crate) fn relation(dialect: Dialect, config: &DatabaseConfig) -> String {
    match (&config.table, &config.query) {
        (Some(table), _) => dialect.quoted_table(table),
        // The query stands on lines of its own, so that a comment at its end ends there.
        (None, Some(query)) => format!(
            "(\n{}\n) as pulled",
            query.trim().trim_end_matches(';').trim_end()
        ),
        (None, None) => String::new(),
    }
}

/// The columns, as they stand behind `select`.
pub(crate) fn columns(dialect: Dialect, config: &DatabaseConfig) -> String {
    if config.columns.is_empty() {
        return "*".to_owned();
    }
    let names: Vec<String> = config
        .columns
        .iter()
        .map(|name| dialect.quoted_name(name))
        .collect();
    names.join(", ")
}

/// The statement that gives `columns` of all rows from `start` on, in the order of changes if there is one.
pub(crate) fn rows(
    dialect: Dialect,
    config: &DatabaseConfig,
    columns: &str,
    start: &Start,
) -> String {
    let mut sql = format!("select {columns} from {}", relation(dialect, config));
    let Some(since) = config.since.as_deref() else {
        return sql;
    };
    if let Start::From(point) = start
        && let Some(condition) = from(dialect, point, since)
    {
        sql.push_str(" where ");
        sql.push_str(&condition);
    }
    sql.push_str(" order by ");
    let order: Vec<String> = since
        .columns()
        .map(|column| format!("{}{}", dialect.quoted_name(column), dialect.nulls_first()))
        .collect();
    sql.push_str(&order.join(", "));
    sql
}

/// The newest change in the source: the statement gives one row with one value.
pub(crate) fn newest(dialect: Dialect, config: &DatabaseConfig, since: &Changes) -> String {
    let leading = since.columns().next().unwrap_or_default();
    format!(
        "select max({}) from {}",
        dialect.quoted_name(leading),
        relation(dialect, config)
    )
}

/// The rows from a point on. Rows without a moment or number have no place in the order, so they are
/// read every time.
fn from(dialect: Dialect, point: &Point, since: &Changes) -> Option<String> {
    let moment = |point: &Point| {
        let time = point.time?;
        Some(dialect.quoted_text(&time.format("%Y-%m-%d %H:%M:%S%.6f").to_string()))
    };
    match (&since.time, &since.id) {
        (Some(time), Some(id)) if point.id.is_some() => {
            let (time, id) = (dialect.quoted_name(time), dialect.quoted_name(id));
            let (moment, number) = (moment(point)?, point.id?.0);
            let without = dialect.has_no_moment(&time);
            Some(format!(
                "({time} > {moment} or ({time} = {moment} and ({id} >= {number} or {id} is null)) or {without})"
            ))
        }
        (Some(time), _) => {
            let (time, moment) = (dialect.quoted_name(time), moment(point)?);
            let without = dialect.has_no_moment(&time);
            Some(format!("({time} >= {moment} or {without})"))
        }
        (None, Some(id)) => {
            let (id, number) = (dialect.quoted_name(id), point.id?.0);
            Some(format!("({id} >= {number} or {id} is null)"))
        }
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use contracts::yaml::At;

    use super::super::state::{Id, read_time};
    use super::*;

    fn at<T>(value: T) -> At<T> {
        At { value, line: 1 }
    }

    fn point(time: Option<&str>, id: Option<i128>) -> Start {
        Start::From(Point {
            time: time.map(|time| read_time(time).expect("a moment")),
            id: id.map(Id),
        })
    }

    fn written(dialect: Dialect, config: &DatabaseConfig, start: &Start) -> String {
        rows(dialect, config, &columns(dialect, config), start)
    }

    #[test]
    fn only_what_is_new_is_asked_for_in_the_order_of_changes() {
        let mut config = DatabaseConfig::of("db.example", "energy", "reader", "public.reading");
        config.columns = vec!["id".to_owned(), "k\"wh".to_owned()];
        assert_eq!(
            written(Dialect::Postgres, &config, &Start::Everything(None)),
            "select \"id\", \"k\"\"wh\" from \"public\".\"reading\""
        );
        config.columns.clear();
        config.since = Some(at(Changes::by(Some("updated_at"), Some("id"))));
        let text = Some("2026-11-24 08:30:00.5");
        assert_eq!(
            written(Dialect::Postgres, &config, &point(text, None)),
            "select * from \"public\".\"reading\" where (\"updated_at\" >= '2026-11-24 08:30:00.500000' or \"updated_at\" is null) order by \"updated_at\" nulls first, \"id\" nulls first"
        );
        assert_eq!(
            written(Dialect::Postgres, &config, &point(text, Some(7))),
            "select * from \"public\".\"reading\" where (\"updated_at\" > '2026-11-24 08:30:00.500000' or (\"updated_at\" = '2026-11-24 08:30:00.500000' and (\"id\" >= 7 or \"id\" is null)) or \"updated_at\" is null) order by \"updated_at\" nulls first, \"id\" nulls first"
        );
        config.since = Some(at(Changes::by(None, Some("id"))));
        config.table = None;
        config.query = Some(at("select * from a -- all\n;".to_owned()));
        assert_eq!(
            written(Dialect::Postgres, &config, &point(None, Some(-3))),
            "select * from (\nselect * from a -- all\n) as pulled where (\"id\" >= -3 or \"id\" is null) order by \"id\" nulls first"
        );
        config.since = Some(at(Changes::by(Some("updated_at"), Some("id"))));
        assert_eq!(
            written(Dialect::Mysql, &config, &point(text, Some(7))),
            "select * from (\nselect * from a -- all\n) as pulled where (`updated_at` > '2026-11-24 08:30:00.500000' or (`updated_at` = '2026-11-24 08:30:00.500000' and (`id` >= 7 or `id` is null)) or `updated_at` is null or `updated_at` = '0000-00-00 00:00:00') order by `updated_at`, `id`"
        );
    }
}
