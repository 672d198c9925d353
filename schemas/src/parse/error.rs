//! Why a cell has no value of its column's type.

/// Why a cell has no value of its column's type. Small and without the cell's text, which the caller
/// has: it is made once a refused cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ValueError {
    /// No number.
    #[error("not a number")]
    NotANumber,
    /// Separators of thousands at wrong places: perhaps a decimal comma.
    #[error(
        "separators of thousands at wrong places; declare `decimal: \",\"` if it is a decimal comma"
    )]
    Grouping,
    /// A unit or sign behind or before the number that is unknown or of another dimension.
    #[error("a unit or sign that does not go with the column's unit")]
    ForeignUnit,
    /// More digits before the point than the column has.
    #[error("too large for the column's type")]
    TooLarge,
    /// A fraction where a whole number is due.
    #[error("not a whole number")]
    NotWhole,
    /// No date.
    #[error("not a date")]
    NotADate,
    /// A day or month that the calendar does not have.
    #[error("no such day in the calendar")]
    NoSuchDay,
    /// Day and month could be either; the job must say.
    #[error("day and month could be either way round; declare `D/M/Y` or `M/D/Y`")]
    UndeclaredOrder,
    /// A plain number where a date is due.
    #[error("a plain number; declare `excel` or `excel1904` if it counts days")]
    UndeclaredSerial,
    /// A time of day that a date cannot keep.
    #[error("a date with a time of day, which the column would lose")]
    TimeWouldBeLost,
    /// A year too far away to be meant.
    #[error("in a year outside 1583 to 9999")]
    YearOutOfRange,
    /// No moment.
    #[error("not a date and time")]
    NotATimestamp,
    /// A time that no clock shows.
    #[error("no such time of day")]
    NoSuchTime,
    /// A local time that occurs twice, when clocks are put back.
    #[error("a local time that occurs twice; declare which of the two is meant")]
    AmbiguousTime,
    /// A local time that does not occur, when clocks are put forward.
    #[error("a local time that the clocks skip")]
    SkippedTime,
    /// Neither yes nor no.
    #[error("neither yes nor no")]
    NotABoolean,
    /// No month.
    #[error("not a month")]
    NotAMonth,
}

impl ValueError {
    /// The rule's name in run reports and quarantine.
    pub fn rule(self) -> &'static str {
        match self {
            ValueError::NotANumber => "not_a_number",
            ValueError::Grouping => "wrong_grouping",
            ValueError::ForeignUnit => "foreign_unit",
            ValueError::TooLarge => "too_large",
            ValueError::NotWhole => "not_whole",
            ValueError::NotADate => "not_a_date",
            ValueError::NoSuchDay => "no_such_day",
            ValueError::UndeclaredOrder => "undeclared_day_order",
            ValueError::UndeclaredSerial => "undeclared_serial",
            ValueError::TimeWouldBeLost => "time_would_be_lost",
            ValueError::YearOutOfRange => "year_out_of_range",
            ValueError::NotATimestamp => "not_a_timestamp",
            ValueError::NoSuchTime => "no_such_time",
            ValueError::AmbiguousTime => "ambiguous_time",
            ValueError::SkippedTime => "skipped_time",
            ValueError::NotABoolean => "not_a_boolean",
            ValueError::NotAMonth => "not_a_month",
        }
    }
}
