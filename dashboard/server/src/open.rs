//! A publication opened for a reader: the one place where tables are opened, so that what a reader may
//! see is decided here and on every surface alike.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, RecordBatch};
use arrow::util::display::array_value_to_string;
use contracts::{Contract, Level, ShareType, TableId, Titles};
use datafusion::common::TableReference;
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{Expr, TableSource, lit, when};
use datafusion::prelude::{DataFrame, SessionContext, ident};
use models::metric::MartTables;
use moka::future::Cache;
use warehouse::{Publication, Warehouse};

use crate::board::BoardFile;
use crate::board::resolve::resolve;
use crate::error::ApiError;
use crate::panel::condition::Values;

/// Who asks. There is no sign-in yet: everybody is the public of the administration's own network, and
/// sees what is neither withheld nor sensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Principal {
    /// Not signed in.
    Anonymous,
}

impl Principal {
    /// Whether this reader may see a column.
    pub fn may_see(self, column: &contracts::Column) -> bool {
        column.share != ShareType::None && column.level < Level::L3
    }

    /// Whether this reader may see every column of a table, and so its rows as they were landed.
    pub fn may_see_all(self, contract: &Contract) -> bool {
        contract.columns.iter().all(|column| self.may_see(column))
    }
}

/// A publication with its tables, and the names its codes have.
pub(crate) struct Opened {
    pub publication: Publication,
    pub session: SessionContext,
    pub regions: Regions,
    pub organizations: BTreeMap<String, Titles>,
    pub cost_groups: BTreeMap<String, Titles>,
    warehouse: Warehouse,
    principal: Principal,
    marts: BTreeMap<TableId, Arc<dyn TableSource>>,
    /// Values of boards' parameters, by board and by what was given: all panels of a page ask for the
    /// same, and working them out takes a query each.
    resolved: Cache<(String, Values), Arc<Values>>,
}

/// Choices of parameters that are remembered for one publication.
const RESOLVED: u64 = 1000;

/// The regions of a publication and who is below whom.
#[derive(Default)]
pub(crate) struct Regions {
    pub titles: BTreeMap<String, Titles>,
    nested: transform::Regions,
}

impl Opened {
    pub async fn new(
        warehouse: &Warehouse,
        publication: Publication,
        principal: Principal,
    ) -> Result<Opened, ApiError> {
        let session = warehouse::open_publication(warehouse, &publication).await?;
        let mut marts = BTreeMap::new();
        for id in publication.tables.keys().filter(|id| id.schema() == "mart") {
            let provider = session
                .table_provider(TableReference::partial(id.schema(), id.table()))
                .await?;
            marts.insert(id.clone(), provider_as_source(provider));
        }
        let mut opened = Opened {
            publication,
            session,
            regions: Regions::default(),
            organizations: BTreeMap::new(),
            cost_groups: BTreeMap::new(),
            warehouse: warehouse.clone(),
            principal,
            marts,
            resolved: Cache::new(RESOLVED),
        };
        opened.regions.nested = transform::Regions::of(&opened.session).await?;
        for row in opened
            .text_rows("reference.region", &["region_code", "name_zh", "name_en"])
            .await?
        {
            let [Some(code), zh, en] = row else {
                continue;
            };
            opened
                .regions
                .titles
                .insert(code.clone(), titles(&code, zh, en));
        }
        let mut organizations = opened
            .text_rows(
                "reference.organization",
                &["organization_id", "from_date", "name"],
            )
            .await?;
        // The newest name of an organisation is the one it goes by.
        organizations.sort();
        for [id, _, zh] in organizations {
            if let Some(id) = id {
                opened
                    .organizations
                    .insert(id.clone(), titles(&id, zh.clone(), zh));
            }
        }
        for [id, zh, en] in opened
            .text_rows(
                "reference.expense_group",
                &["group_id", "group_zh", "group_en"],
            )
            .await?
        {
            if let Some(id) = id {
                opened.cost_groups.insert(id.clone(), titles(&id, zh, en));
            }
        }
        Ok(opened)
    }

    /// Who reads it.
    pub fn principal(&self) -> Principal {
        self.principal
    }

    /// Whether this reader may see every column of a table, and so its rows as they were landed.
    pub fn may_see_all(&self, id: &TableId) -> bool {
        let contract = self.contract(id);
        contract.is_ok_and(|contract| self.principal.may_see_all(contract))
    }

    /// The contract of a table of this publication.
    pub fn contract(&self, id: &TableId) -> Result<&Contract, ApiError> {
        let known = self
            .publication
            .tables
            .contains_key(id)
            .then(|| self.warehouse.contracts().get(id))
            .flatten();
        known.ok_or_else(|| {
            let names: Vec<String> = self
                .publication
                .tables
                .keys()
                .map(ToString::to_string)
                .collect();
            ApiError::unknown("table", &id.to_string(), names.iter().map(String::as_str))
        })
    }

    /// A table with the columns this reader may see.
    pub async fn table(&self, id: &TableId) -> Result<DataFrame, ApiError> {
        let contract = self.contract(id)?;
        let frame = self
            .session
            .table(TableReference::partial(id.schema(), id.table()))
            .await?;
        seen(frame, contract, self.principal)
    }

    /// A mart with the columns this reader may see.
    pub async fn mart(&self, name: &str) -> Result<(DataFrame, &Contract), ApiError> {
        let id = TableId::new("mart", name)
            .map_err(|error| ApiError::bad(error.to_string(), "name a mart"))?;
        Ok((self.table(&id).await?, self.contract(&id)?))
    }

    /// A region and everything below it.
    ///
    /// # Errors
    /// There is no such region.
    pub fn within(&self, region: &str) -> Result<BTreeSet<String>, ApiError> {
        if self.regions.titles.contains_key(region) {
            return Ok(self.regions.within(region));
        }
        let known = self.regions.titles.keys().map(String::as_str);
        Err(ApiError::unknown("region", region, known))
    }

    /// A register that lists are made of, with the columns this reader may see.
    pub async fn register(&self, table: &str) -> Result<(DataFrame, &Contract), ApiError> {
        let id: TableId = table.parse().map_err(ApiError::internal)?;
        Ok((self.table(&id).await?, self.contract(&id)?))
    }

    /// The values of a board's parameters, worked out once for all who give the same.
    pub async fn values(
        &self,
        board: &BoardFile,
        given: &BTreeMap<String, String>,
        top_region: &str,
    ) -> Result<Arc<Values>, ApiError> {
        let as_given = given
            .iter()
            .map(|(name, value)| (name.clone(), Some(value.clone())));
        let key = (board.board.value.clone(), as_given.collect());
        let work = async { resolve(board, given, self, top_region).await.map(Arc::new) };
        let values = self.resolved.try_get_with(key, work).await;
        values.map_err(|error: Arc<ApiError>| ApiError::clone(&error))
    }

    /// Some columns of a table as text; a table that is not published has no rows.
    pub async fn text_rows<const N: usize>(
        &self,
        table: &str,
        columns: &[&str; N],
    ) -> Result<Vec<[Option<String>; N]>, ApiError> {
        let Ok(id) = table.parse::<TableId>() else {
            return Ok(Vec::new());
        };
        if !self.publication.tables.contains_key(&id) {
            return Ok(Vec::new());
        }
        let frame = self
            .session
            .table(TableReference::partial(id.schema(), id.table()))
            .await?;
        let batches = frame.select_columns(columns)?.collect().await?;
        let mut rows = Vec::new();
        for batch in &batches {
            for row in 0..batch.num_rows() {
                let mut cells = [const { None }; N];
                for (index, cell) in cells.iter_mut().enumerate() {
                    *cell = text_cell(batch, index, row)?;
                }
                rows.push(cells);
            }
        }
        Ok(rows)
    }
}

/// A table that no publication holds, because the warehouse keeps it of itself, as it is now.
pub(crate) struct Newest<'a> {
    pub contract: &'a Contract,
    /// `None` while it is not stored; it has no rows then.
    pub version: Option<u64>,
    /// The columns this reader may see.
    pub frame: DataFrame,
}

impl<'a> Newest<'a> {
    pub async fn open(
        warehouse: &'a Warehouse,
        id: &TableId,
        principal: Principal,
    ) -> Result<Newest<'a>, ApiError> {
        let whole = Newest::whole(warehouse, id).await?;
        Ok(Newest {
            frame: seen(whole.frame, whole.contract, principal)?,
            ..whole
        })
    }

    /// Refused rows, `ops.quarantine`. What this reader may not see of it quotes the source, and is shown
    /// with the rows of those tables of which the reader may see everything.
    pub async fn refused(
        warehouse: &'a Warehouse,
        principal: Principal,
    ) -> Result<Newest<'a>, ApiError> {
        let id = TableId::new("ops", "quarantine").map_err(ApiError::internal)?;
        let whole = Newest::whole(warehouse, &id).await?;
        let open_tables = warehouse.contracts().iter();
        let open_tables = open_tables.filter(|contract| principal.may_see_all(contract));
        let open_tables: Vec<Expr> = open_tables
            .map(|contract| lit(contract.id.to_string()))
            .collect();
        let mut columns = Vec::new();
        for column in &whole.contract.columns {
            let name = column.name.as_str();
            if principal.may_see(column) {
                columns.push(ident(name));
                continue;
            }
            let is_open = ident("table_name").in_list(open_tables.clone(), false);
            columns.push(when(is_open, ident(name)).end()?.alias(name));
        }
        Ok(Newest {
            frame: whole.frame.select(columns)?,
            ..whole
        })
    }

    async fn whole(warehouse: &'a Warehouse, id: &TableId) -> Result<Newest<'a>, ApiError> {
        let contract = warehouse
            .contracts()
            .require(id)
            .map_err(ApiError::internal)?;
        let session = warehouse.session();
        let (version, frame) = match warehouse.existing_table(id).await? {
            Some(table) => {
                let snapshot = table.snapshot().await?;
                let frame = session.read_table(snapshot.provider())?;
                (Some(snapshot.version()), frame)
            }
            None => {
                let nothing = RecordBatch::new_empty(contract.table_schema());
                (None, session.read_batch(nothing)?)
            }
        };
        Ok(Newest {
            contract,
            version,
            frame,
        })
    }
}

/// The columns a reader may see.
fn seen(
    frame: DataFrame,
    contract: &Contract,
    principal: Principal,
) -> Result<DataFrame, ApiError> {
    let columns = contract
        .columns
        .iter()
        .filter(|column| principal.may_see(column));
    let columns: Vec<_> = columns.map(|column| ident(column.name.as_str())).collect();
    Ok(frame.select(columns)?)
}

impl MartTables for Opened {
    fn mart(&self, mart: &TableId) -> Option<Arc<dyn TableSource>> {
        self.marts.get(mart).cloned()
    }
}

impl Regions {
    /// A region and everything below it; a code nobody knows is only itself.
    pub fn within(&self, code: &str) -> BTreeSet<String> {
        self.nested.within(code)
    }
}

/// A cell as text, exactly; null is `None`.
pub(crate) fn text_cell(
    batch: &RecordBatch,
    column: usize,
    row: usize,
) -> Result<Option<String>, ApiError> {
    let array = batch.column(column);
    if array.is_null(row) {
        return Ok(None);
    }
    Ok(Some(array_value_to_string(array, row)?))
}

fn titles(code: &str, zh: Option<String>, en: Option<String>) -> Titles {
    let zh = zh.unwrap_or_else(|| code.to_owned());
    Titles {
        en: en.unwrap_or_else(|| zh.clone()),
        zh,
    }
}
