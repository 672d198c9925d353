//! Who is below whom: a region asked for means it and everything below it, on every surface alike.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::arrow::array::{Array, AsArray};
use datafusion::common::{DataFusionError, TableReference};
use datafusion::prelude::SessionContext;

const SCHEMA: &str = "reference";
const TABLE: &str = "region";

/// The regions of a publication and the region above each.
#[derive(Debug, Clone, Default)]
pub struct Regions {
    parents: BTreeMap<String, Option<String>>,
}

impl Regions {
    /// Regions with their parents.
    pub fn new(regions: impl IntoIterator<Item = (String, Option<String>)>) -> Self {
        Self {
            parents: regions.into_iter().collect(),
        }
    }

    /// The regions of `reference.region`; none when the session has no such table.
    ///
    /// # Errors
    /// The table cannot be read.
    pub async fn of(session: &SessionContext) -> Result<Self, DataFusionError> {
        let name = TableReference::partial(SCHEMA, TABLE);
        if !session.table_exist(name.clone())? {
            return Ok(Self::default());
        }
        let table = session.table(name).await?;
        let rows = table.select_columns(&["region_code", "parent_code"])?;
        let mut parents = BTreeMap::new();
        for batch in rows.collect().await? {
            let codes = batch.column(0).as_string::<i32>();
            let above = batch.column(1).as_string::<i32>();
            for row in 0..batch.num_rows() {
                let parent = above.is_valid(row).then(|| above.value(row).to_owned());
                parents.insert(codes.value(row).to_owned(), parent);
            }
        }
        Ok(Self { parents })
    }

    /// Whether there is such a region.
    pub fn knows(&self, code: &str) -> bool {
        self.parents.contains_key(code)
    }

    /// The codes there are.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.parents.keys().map(String::as_str)
    }

    /// A region and everything below it; a code nobody knows is only itself.
    pub fn within(&self, code: &str) -> BTreeSet<String> {
        let mut within = BTreeSet::from([code.to_owned()]);
        loop {
            let before = within.len();
            let below = self.parents.iter().filter(|(_, parent)| {
                parent
                    .as_ref()
                    .is_some_and(|parent| within.contains(parent))
            });
            let below: Vec<String> = below.map(|(code, _)| code.clone()).collect();
            within.extend(below);
            if within.len() == before {
                return within;
            }
        }
    }
}
