//! Messages of errors that sound models and a quiet lake do not give.

use contracts::{Fault, Retry};
use datafusion::common::DataFusionError;
use insta::assert_snapshot;

use super::lake::{Files, print};
use crate::TransformError;

#[test]
fn a_mart_that_gives_other_columns_than_the_checks_saw() {
    let models = Files::sound().models();
    let mart = models.get("energy_month").expect("the mart");
    let error = TransformError::OutputDiffers {
        model: mart.name.clone(),
        path: mart.path().to_owned(),
        contract: "schemas/contracts/mart/energy_month.yaml".to_owned(),
        found: "month text".to_owned(),
        expected: "organization_id text, month text".to_owned(),
    };
    assert_snapshot!(print(&error), @r"
        error: mart `energy_month` (sql/marts/energy_month.sql) gives (month text), but schemas/contracts/mart/energy_month.yaml says (organization_id text, month text)
        hint: `jieyue check` tells the line, if the SQL is at fault
    ");
    assert_eq!((error.fault(), error.retry()), (Fault::User, Retry::Never));
}

#[test]
fn a_mart_that_others_keep_changing() {
    let models = Files::sound().models();
    let mart = models.get("energy_month").expect("the mart");
    let error = TransformError::Contended {
        model: mart.name.clone(),
        attempts: 3,
    };
    assert_snapshot!(print(&error), @r"
        error: mart `energy_month` was changed by others 3 times while it was built
        hint: let one build run at a time
    ");
    assert_eq!(
        (error.fault(), error.retry()),
        (Fault::External, Retry::Later)
    );
}

#[test]
fn an_audit_and_a_model_the_engine_cannot_run() {
    let models = Files::sound().models();
    let mart = models.get("energy_month").expect("the mart");
    let audit = &mart.audits[0];
    let cause = || DataFusionError::Execution("the disk is gone".to_owned());
    let error = TransformError::AuditUnrunnable {
        model: audit.model.clone(),
        audit: audit.name.clone(),
        path: audit.path.clone(),
        source: Box::new(cause()),
    };
    assert_snapshot!(print(&error), @r"
        error: cannot run audit `not_negative` of `energy_month` (sql/marts/energy_month.not_negative.audit.sql): Execution error: the disk is gone
        hint: `jieyue check` tells the line, if the SQL is at fault
    ");
    assert_snapshot!(print(&TransformError::compute(mart, cause())), @r"
        error: cannot compute model `energy_month` (sql/marts/energy_month.sql): Execution error: the disk is gone
        hint: `jieyue check` tells the line, if the SQL is at fault
    ");
}
