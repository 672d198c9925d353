//! What is wrong with the `source:` key of a job.

/// What is wrong with a source as a job declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    /// The line of the job; 0 for that of the source itself.
    pub line: u32,
    /// What is wrong, to be followed by the place: "`pages` names no way".
    pub message: String,
    /// How to mend it.
    pub hint: String,
}

impl ConfigFault {
    pub(crate) fn new(
        line: u32,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> ConfigFault {
        ConfigFault {
            line,
            message: message.into(),
            hint: hint.into(),
        }
    }
}
