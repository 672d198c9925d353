//! Which century a year of two digits is of.

/// The hundred years a year of two digits is one of, by the last of them.
///
/// Without a declaration it is POSIX's rule for `%y` (IEEE Std 1003.1, `strptime`): 69 to 99 are 1969 to
/// 1999, 00 to 68 are 2000 to 2068. It puts a lorry bought in 46 into 2046, so a job whose dates can only
/// be past says with which year they end.
///
/// # Example
/// ```
/// use contracts::parse::TwoDigitYears;
///
/// assert_eq!(TwoDigitYears::default().year(68), 2068);
/// assert_eq!(TwoDigitYears::default().year(69), 1969);
/// assert_eq!(TwoDigitYears::until(2015).year(15), 2015);
/// assert_eq!(TwoDigitYears::until(2015).year(46), 1946);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TwoDigitYears {
    last: i32,
}

impl TwoDigitYears {
    /// The hundred years that end with `last`.
    pub fn until(last: i32) -> TwoDigitYears {
        TwoDigitYears { last }
    }

    /// The year among them that ends in `digits` (0 to 99).
    pub fn year(self, digits: i32) -> i32 {
        self.last - (self.last - digits).rem_euclid(100)
    }
}

impl Default for TwoDigitYears {
    fn default() -> TwoDigitYears {
        TwoDigitYears { last: 2068 }
    }
}
