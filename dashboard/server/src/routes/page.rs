//! A page of a table's rows.

use std::sync::Arc;

use contracts::Contract;
use datafusion::logical_expr::SortExpr;
use datafusion::prelude::DataFrame;

use crate::answer::{Answer, Column};
use crate::error::ApiError;
use crate::params::Params;

/// Which rows of a list are asked for.
pub(crate) struct Page {
    limit: usize,
    offset: usize,
}

impl Page {
    pub fn of(params: &Params) -> Result<Page, ApiError> {
        Ok(Page {
            limit: params.limit()?,
            offset: params.offset()?,
        })
    }

    /// The page, counted within all rows of `frame`, whose columns are some of the contract's.
    pub async fn answer(
        self,
        name: &str,
        frame: DataFrame,
        contract: &Contract,
        order: Vec<SortExpr>,
    ) -> Result<Answer, ApiError> {
        let schema = Arc::new(frame.schema().as_arrow().clone());
        let columns = schema.fields().iter();
        let columns = columns.filter_map(|field| contract.column(field.name()));
        let columns = columns.map(Column::of_contract).collect();
        let total_rows = frame.clone().count().await?;
        let rows = frame
            .sort(order)?
            .limit(self.offset, Some(self.limit))?
            .collect()
            .await?;
        Ok(Answer {
            name: name.to_owned(),
            title: (&contract.title).into(),
            columns,
            rows: arrow::compute::concat_batches(&schema, &rows)?,
            notes: Vec::new(),
            total_rows,
            limit: Some(self.limit),
            offset: Some(self.offset),
        })
    }
}
