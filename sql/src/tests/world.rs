//! Small projects as text.

use contracts::Contracts;

use crate::metric::Metrics;
use crate::{ModelError, Models};

/// (path, text) pairs of a project under test.
#[derive(Clone, Default)]
pub struct Files(Vec<(String, String)>);

impl Files {
    /// A staging model and a mart with a case and an audit, all right.
    pub fn sound() -> Self {
        Self::default()
            .with(
                "sql/staging/stg_energy__monthly.sql",
                "-- grain: organization_id, month\n\
                 -- purpose: monthly forms\n\
                 select organization_id, month, electricity_kwh, water_m3\n\
                 from energy.monthly\n",
            )
            .with(
                "sql/marts/energy_month.sql",
                "-- grain: organization_id, month\n\
                 -- purpose: electricity of each organisation by month\n\
                 with\n\
                 \n\
                 forms as (\n\
                 \x20   select organization_id, month, electricity_kwh from stg_energy__monthly\n\
                 )\n\
                 \n\
                 select organization_id, month, sum(electricity_kwh) as electricity_kwh\n\
                 from forms\n\
                 group by organization_id, month\n",
            )
            .with(
                "sql/marts/energy_month.test.yaml",
                "- case: one form is one row\n\
                 \x20 given:\n\
                 \x20   energy.monthly:\n\
                 \x20     - { organization_id: a, month: 2024-01, electricity_kwh: 1.5 }\n\
                 \x20 expect:\n\
                 \x20   - { organization_id: a, month: 2024-01, electricity_kwh: 1.5 }\n",
            )
            .with(
                "sql/marts/energy_month.not_negative.audit.sql",
                "-- severity: error\n\
                 -- purpose: nobody uses less than nothing\n\
                 select organization_id, month from energy_month where electricity_kwh < 0\n",
            )
    }

    /// The same with a file added or replaced.
    pub fn with(mut self, path: &str, text: &str) -> Self {
        self = self.without(path);
        self.0.push((path.to_owned(), text.to_owned()));
        self
    }

    /// The same without a file.
    pub fn without(mut self, path: &str) -> Self {
        self.0.retain(|(known, _)| known != path);
        self
    }

    /// The same with `from` in a file replaced by `to`, which must be there.
    pub fn change(mut self, path: &str, from: &str, to: &str) -> Self {
        let (_, text) = self
            .0
            .iter_mut()
            .find(|(known, _)| known == path)
            .expect("the file is in the project");
        assert!(text.contains(from), "`{from}` is not in {path}");
        *text = text.replace(from, to);
        self
    }

    pub fn models(&self) -> Result<Models, Vec<ModelError>> {
        Models::parse(self.0.clone(), &contracts())
    }

    pub fn metrics(&self) -> Result<Metrics, Vec<ModelError>> {
        Metrics::parse(self.0.clone(), &contracts())
    }
}

/// Faults as the command line prints them.
pub fn print(faults: &[ModelError]) -> String {
    let mut text = String::new();
    for fault in faults {
        text.push_str(&format!("error: {fault}\n"));
        if let Some(hint) = fault.hint() {
            text.push_str(&format!("hint: {hint}\n"));
        }
    }
    text
}

/// The faults of the models in `files`; panics when there are none.
pub fn model_faults(files: &Files) -> String {
    match files.models() {
        Ok(_) => panic!("the models were accepted"),
        Err(faults) => print(&faults),
    }
}

/// The contracts of the project under test.
pub fn contracts() -> Contracts {
    let files = [
        contract(
            "energy.monthly",
            &[
                "organization_id text key",
                "month text key",
                "electricity_kwh decimal(18,4) kWh",
                "water_m3 decimal(18,4) m3",
            ],
        ),
        contract(
            "reference.organization",
            &["organization_id text key", "region_code text", "name text"],
        ),
        contract(
            "mart.energy_month",
            &[
                "organization_id text key",
                "month text key",
                "electricity_kwh decimal(18,4) kWh",
            ],
        ),
    ];
    Contracts::parse(files).expect("the contracts under test are right")
}

/// A contract file; each column is `name type [key] [unit]`.
pub fn contract(id: &str, columns: &[&str]) -> (String, String) {
    let (schema, table) = id.split_once('.').expect("schema.table");
    let mut text = format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: {id}\nname: {table}\nversion: 1.0.0\n\
         status: active\ndomain: {schema}\ndescription: {{ purpose: A table under test. }}\n\
         customProperties: [{{ property: titleZh, value: 测试 }}]\n\
         schema:\n  - name: {table}\n    physicalType: table\n    properties:\n"
    );
    let mut keys = 0;
    for column in columns {
        let words: Vec<&str> = column.split(' ').collect();
        let [name, ty, rest @ ..] = words.as_slice() else {
            panic!("a column is `name type …`: {column}");
        };
        let (logical, physical) = match *ty {
            "text" => ("string", None),
            decimal if decimal.starts_with("decimal") => ("number", Some(decimal)),
            other => (other, None),
        };
        text.push_str(&format!(
            "      - name: {name}\n        businessName: {name}\n        logicalType: {logical}\n        \
             classification: L2\n"
        ));
        if let Some(physical) = physical {
            text.push_str(&format!("        physicalType: {physical}\n"));
        }
        if rest.contains(&"key") {
            keys += 1;
            text.push_str(&format!(
                "        required: true\n        primaryKey: true\n        primaryKeyPosition: {keys}\n"
            ));
        }
        let unit = rest.iter().find(|word| **word != "key");
        let unit = unit.map_or(String::new(), |unit| {
            format!(", {{ property: unit, value: \"{unit}\" }}")
        });
        text.push_str(&format!(
            "        customProperties: [{{ property: shareType, value: conditional }}{unit}]\n"
        ));
    }
    (format!("schemas/contracts/{schema}/{table}.yaml"), text)
}
