//! How each fault is mended, in one sentence.

use crate::error::ModelError;

/// Choices are listed only while a person can take them in.
const LISTED: usize = 12;

pub(crate) fn of(error: &ModelError) -> Option<String> {
    use ModelError as E;
    let text = match error {
        E::UnknownFile { .. } => "models are `sql/{staging,intermediate,marts}/<model>.sql`, beside them \
             `<model>.test.yaml` and `<model>.<audit>.audit.sql`; metrics are `sql/metrics/<area>.yaml`"
            .to_owned(),
        E::BadName { .. } => {
            "begin with a letter and use only a-z, 0-9 and _".to_owned()
        }
        E::WrongPrefix { name, prefix, .. } => format!("rename the file to `{prefix}{name}.sql`"),
        E::DuplicateModel { .. } => "give one of the two files another name".to_owned(),
        E::Yaml(fault) => return fault.hint(),
        E::Unit(fault) => fault.hint(),
        E::Syntax { .. } => return None,
        E::Plan { advice, .. } => return advice.clone(),
        E::NotOneSelect { .. } => {
            "put each model in a file of its own, written as `with … select …`".to_owned()
        }
        E::UpperCase { word, .. } => format!(
            "write `{}`, or put a name that needs capitals in double quotes",
            word.to_lowercase()
        ),
        E::SelectStar { .. } => "name the columns, so that the file shows what it gives".to_owned(),
        E::DerivedTable { .. } => "make the subquery a named step in `with`".to_owned(),
        E::CommaJoin { .. } => {
            "write the join: `inner join`, `left join` or `cross join`".to_owned()
        }
        E::GroupByPosition { .. } => "name the column or repeat the expression".to_owned(),
        E::CteColumnList { cte, .. } => format!("write `{cte} as (select … as name …)`"),
        E::UnusedStep { cte, .. } => format!("read `{cte}` below, or take it out"),
        E::MissingHeader { word, .. } => match *word {
            "grain" => "begin the file with `-- grain: column, column`: what one row is".to_owned(),
            "purpose" => "begin the file with `-- purpose: …`: a sentence for its reader".to_owned(),
            _ => "begin the file with `-- severity: error` or `-- severity: warning`".to_owned(),
        },
        E::UnknownHeader { nearest, .. } => format!("write `-- {nearest}: …`"),
        E::HeaderTwice { .. } => "keep one of the two lines".to_owned(),
        E::GrainNotAName { .. } => "list output columns, separated by commas".to_owned(),
        E::BadSeverity { .. } => "write `error` to stop publication, `warning` to publish with it".to_owned(),
        E::UnknownTable { table, nearest, .. } => match nearest {
            Some(name) => format!("write `{name}`"),
            None if table.contains('.') => format!(
                "add the contract `schemas/contracts/{}.yaml`, or mend the name",
                table.replacen('.', "/", 1)
            ),
            None => format!("add the model `{table}.sql`, or mend the name"),
        },
        E::UnknownColumn {
            nearest, choices, ..
        } => match nearest {
            Some(name) => format!("write `{name}`"),
            None => return among("its columns are", choices),
        },
        E::AmbiguousColumn { column, .. } => format!("write `<table>.{column}`"),
        E::Cycle { .. } => "move what they share into an intermediate model".to_owned(),
        E::StagingShape { .. } => {
            "staging is one-to-one with a source table; do this in an intermediate model".to_owned()
        }
        E::GrainNotInOutput { nearest, .. } => match nearest {
            Some(name) => format!("write `{name}` in the header"),
            None => "select the column, or mend the header".to_owned(),
        },
        E::MartWithoutContract { mart, .. } => {
            format!("add `schemas/contracts/mart/{mart}.yaml`")
        }
        E::ContractWithoutMart { mart, nearest, .. } => match nearest {
            Some(name) => format!("the nearest model is `{name}`: one of the two names is wrong"),
            None => format!("add `sql/marts/{mart}.sql`, or take the contract out"),
        },
        E::GrainIsNotKey { .. } => "make the two say the same columns in the same order".to_owned(),
        E::OutputMissing {
            column, nearest, ..
        } => match nearest {
            Some(name) => format!("the model gives `{name}`: one of the two names is wrong"),
            None => format!("select `{column}`, or take it out of the contract"),
        },
        E::OutputExtra { column, .. } => {
            format!("add `{column}` to the contract, or take it out of the last select")
        }
        E::OutputOrder { .. } => "give the columns in the contract's order".to_owned(),
        E::OutputType {
            expected, column, ..
        } => format!("round or convert where you mean to: `cast({column} as {expected})`"),
        E::NoCases { mart, .. } => format!(
            "add `sql/marts/{mart}.test.yaml` with rows given and rows expected, worked out by hand"
        ),
        E::UnknownModel { nearest, .. } => match nearest {
            Some(name) => format!("rename the file for `{name}`"),
            None => "name the file after the model it belongs to".to_owned(),
        },
        E::DuplicateCase { .. } => "say in its name what this case shows beyond the other".to_owned(),
        E::GivenNotRead { choices, .. } => return among("it reads", choices),
        E::UnknownStep { choices, .. } => return among("its steps are", choices),
        E::CaseValue { reason, .. } => reason.clone(),
        E::DuplicateMetric { .. } => "give one of the two another name".to_owned(),
        E::UnknownMart { nearest, .. } => match nearest {
            Some(name) => format!("write `{name}`"),
            None => "name a mart that has a contract in schemas/contracts/mart".to_owned(),
        },
        E::NotSummable { .. } => {
            "sum an integer or decimal column, or use `count_distinct`".to_owned()
        }
        E::BadTime { .. } => {
            "name a text column `month`, an integer column `year` or a date column".to_owned()
        }
        E::BadUnit { reason, .. } => reason.clone(),
        E::ColumnWithoutUnit { column, .. } => {
            format!("give `{column}` a unit in its contract (`count` or `%` when it has no other)")
        }
        E::UnitMismatch { found, .. } => format!("declare `{found}`, or mend the measure"),
        E::BadMeasure { .. } => {
            "name exactly one of `sum`, `count`, `count_distinct`, `min`, `max`".to_owned()
        }
        E::FilterValue { expected, .. } => format!("write a value of type {expected}"),
    };
    Some(text)
}

fn among(lead: &str, choices: &[String]) -> Option<String> {
    if choices.is_empty() {
        return None;
    }
    let listed: Vec<String> = choices
        .iter()
        .take(LISTED)
        .map(|choice| format!("`{choice}`"))
        .collect();
    let rest = choices.len().saturating_sub(LISTED);
    let more = if rest > 0 {
        format!(" and {rest} more")
    } else {
        String::new()
    };
    Some(format!("{lead} {}{more}", listed.join(", ")))
}
