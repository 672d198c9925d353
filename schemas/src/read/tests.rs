//! Every refusal with its wording, and what a valid contract becomes.

use crate::{Contracts, LogicalType, TableId};

mod row_units;

const PATH: &str = "schemas/contracts/energy/reading.yaml";

const VALID: &str = r#"apiVersion: v3.1.0
kind: DataContract
id: energy.reading
name: Interval readings
version: 1.2.0
status: active
domain: energy
description:
  purpose: Readings as delivered, before repair.
  limitations: Estimated values are not marked by the supplier.
customProperties: [{ property: titleZh, value: 用能读数 }]
schema:
  - name: reading
    physicalType: table
    quality:
      - type: custom
        engine: jieyue
        name: not_negative
        severity: error
        description: 用量不得为负
        implementation: "quantity_kwh >= 0"
        customProperties: [{ property: messageEn, value: use must not be negative }]
    properties:
      - name: meter_id
        businessName: 表计编号
        logicalType: string
        required: true
        primaryKey: true
        primaryKeyPosition: 1
        classification: L2
        customProperties: [{ property: shareType, value: conditional }]
      - name: read_at
        businessName: 抄表时间
        logicalType: timestamp
        required: true
        primaryKey: true
        primaryKeyPosition: 2
        classification: L2
        customProperties: [{ property: shareType, value: conditional }, { property: notFuture, value: true }]
      - name: month
        businessName: 月份
        logicalType: string
        required: true
        partitioned: true
        partitionKeyPosition: 1
        classification: L1
        customProperties: [{ property: shareType, value: unconditional }, { property: derived, value: month(read_at) }]
      - name: quantity_kwh
        businessName: 用量
        description: Use in the interval.
        logicalType: number
        physicalType: decimal(18,4)
        classification: L2
        logicalTypeOptions: { minimum: 0, exclusiveMaximum: 1000000.5 }
        customProperties: [{ property: unit, value: kWh }, { property: shareType, value: none }]
      - name: quality
        businessName: 质量
        logicalType: string
        classification: L2
        logicalTypeOptions: { maxLength: 12, pattern: "[a-z]+" }
        quality: [{ type: library, metric: invalidValues, mustBe: 0, arguments: { validValues: [measured, estimated] } }]
        customProperties: [{ property: shareType, value: conditional }, { property: labelsZh, value: { measured: 实测, estimated: 估算 } }]
slaProperties: [{ property: freshness, value: 36, unit: h, element: reading.read_at }]
"#;

fn parse(text: &str) -> Result<Contracts, Vec<crate::ContractError>> {
    Contracts::parse([(PATH.to_owned(), text.to_owned())])
}

/// The faults after replacing `from` by `to` in the valid contract.
fn faults(from: &str, to: &str) -> String {
    assert!(VALID.contains(from), "{from}");
    report(parse(&VALID.replacen(from, to, 1)))
}

fn report(read: Result<Contracts, Vec<crate::ContractError>>) -> String {
    let Err(faults) = read else {
        return "no fault".to_owned();
    };
    let lines = faults.iter().map(|fault| match fault.hint() {
        Some(hint) => format!("{fault}\n  hint: {hint}"),
        None => fault.to_string(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_valid_contract_becomes_its_program_type() {
    let contracts = parse(VALID).expect("valid");
    let id: TableId = "energy.reading".parse().expect("a table id");
    let contract = contracts.require(&id).expect("it is there");
    assert_eq!(contract.title.zh, "用能读数");
    assert_eq!(contract.title.en, "Interval readings");
    assert_eq!(contract.key, ["meter_id", "read_at"]);
    assert_eq!(contract.partition_by, ["month"]);
    assert_eq!(contract.checks[0].message.en, "use must not be negative");
    assert_eq!(contract.checks[0].place.to_string(), format!("{PATH}:21"));
    let quantity = contract.column("quantity_kwh").expect("a column");
    assert_eq!(
        quantity.ty,
        LogicalType::Decimal {
            precision: 18,
            scale: 4
        }
    );
    assert_eq!(
        quantity.unit.as_ref().map(ToString::to_string).as_deref(),
        Some("kWh")
    );
    assert_eq!(quantity.title.en, "Quantity kwh");
    assert_eq!(quantity.place.line, 48);
    let range = quantity.range().expect("a range");
    assert!(range.contains(0, 4));
    assert!(!range.contains(-1, 4));
    assert!(range.contains(10_000_004_999, 4));
    assert!(!range.contains(10_000_005_000, 4));
    assert!(contract.column("month").expect("a column").is_month());
    assert_eq!(
        contract
            .column("quality")
            .and_then(|c| c.label_zh("measured")),
        Some("实测")
    );
    let freshness = contract.freshness.as_ref().expect("a service level");
    assert_eq!(freshness.within.as_secs(), 36 * 3_600);
}

#[test]
fn the_arrow_schema_carries_units_titles_and_provenance() {
    let contracts = parse(VALID).expect("valid");
    let contract = contracts.iter().next().expect("one");
    let shown: Vec<String> = contract
        .table_schema()
        .fields()
        .iter()
        .map(|field| {
            let null = if field.is_nullable() { "" } else { " not null" };
            let unit = field
                .metadata()
                .get("unit")
                .map(|u| format!(" [{u}]"))
                .unwrap_or_default();
            format!("{}: {}{null}{unit}", field.name(), field.data_type())
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    meter_id: Utf8 not null
    read_at: Timestamp(µs, "UTC") not null
    month: Utf8 not null
    quantity_kwh: Decimal128(18, 4) [kWh]
    quality: Utf8
    _object: Utf8 not null
    _sheet: Utf8
    _row: Int64 not null
    "#);
    let schema = contract.arrow_schema();
    assert_eq!(schema.fields().len(), 5);
    let metadata = schema.field(3).metadata();
    let shown = ["title_zh", "title_en", "share", "level"].map(|key| metadata[key].as_str());
    assert_eq!(shown, ["用量", "Quantity kwh", "none", "L2"]);
}

#[test]
fn tables_made_here_have_no_provenance() {
    let text = VALID
        .replace("energy.reading", "mart.reading")
        .replace("domain: energy", "domain: mart");
    let path = "schemas/contracts/mart/reading.yaml".to_owned();
    let contracts = Contracts::parse([(path, text)]).expect("valid");
    let contract = contracts.iter().next().expect("one");
    assert_eq!(contract.table_schema(), contract.arrow_schema());
}

#[test]
fn the_hash_follows_the_text_but_not_its_line_ends() {
    let hash = |text: &str| {
        parse(text)
            .expect("valid")
            .iter()
            .next()
            .expect("one")
            .content_hash
            .clone()
    };
    assert_eq!(hash(VALID), hash(&VALID.replace('\n', "\r\n")));
    assert_ne!(hash(VALID), hash(&VALID.replace("1.2.0", "1.2.1")));
    assert_eq!(hash(VALID).len(), 64);
}

#[test]
fn identity_must_agree_with_path_domain_and_table() {
    insta::assert_snapshot!(faults("id: energy.reading", "id: energy.readings"), @r"
    contract `energy.readings` stands in schemas/contracts/energy/reading.yaml, not in a file `energy/readings.yaml`
      hint: move the file to `energy/readings.yaml`, or mend `id`
    `name` at schemas/contracts/energy/reading.yaml:13 is `reading`, but the id says `readings`
      hint: write `readings`, or mend `id`
    `element` of the freshness at schemas/contracts/energy/reading.yaml:63 names a column `reading.read_at` that table `energy.readings` does not have
      hint: write `readings.read_at`
    ");
    insta::assert_snapshot!(faults("domain: energy", "domain: energie"), @r"
    `domain` at schemas/contracts/energy/reading.yaml:7 is `energie`, but the id says `energy`
      hint: write `energy`, or mend `id`
    ");
    insta::assert_snapshot!(faults("id: energy.reading", "id: reading"), @r"
    `reading` at schemas/contracts/energy/reading.yaml:3 is not a name of a table
      hint: use lower-case letters, digits and underscores, beginning with a letter
    ");
    insta::assert_snapshot!(faults("version: 1.2.0", "version: \"1.2\""), @r"
    version `1.2` at schemas/contracts/energy/reading.yaml:5 is not of the form `1.0.0`
      hint: write three numbers with full stops between them
    ");
    insta::assert_snapshot!(faults("{ property: titleZh, value: 用能读数 }", ""), @r"
    table `reading` at schemas/contracts/energy/reading.yaml:4 has no Chinese title
      hint: add `customProperties: [{ property: titleZh, value: … }]`
    ");
}

#[test]
fn the_key_is_complete_in_order_and_required() {
    insta::assert_snapshot!(faults("primaryKeyPosition: 2", "primaryKeyPosition: 3"), @r"
    column `read_at` at schemas/contracts/energy/reading.yaml:37 has `primaryKeyPosition` 3, where 2 is due
      hint: write `primaryKeyPosition: 2`
    ");
    insta::assert_snapshot!(faults("        primaryKeyPosition: 2\n", ""), @r"
    column `read_at` at schemas/contracts/energy/reading.yaml:32 has no `primaryKeyPosition`, where 2 is due
      hint: write `primaryKeyPosition: 2`
    ");
    insta::assert_snapshot!(faults("        required: true\n        primaryKey: true\n        primaryKeyPosition: 1", "        primaryKey: true\n        primaryKeyPosition: 1"), @r"
    key column `meter_id` at schemas/contracts/energy/reading.yaml:24 is not required
      hint: add `required: true`
    ");
    insta::assert_snapshot!(faults("        primaryKey: true\n        primaryKeyPosition: 2", "        primaryKeyPosition: 2"), @r"
    column `read_at` at schemas/contracts/energy/reading.yaml:36 has a `primaryKeyPosition` but is not `primaryKey`
      hint: add `primaryKey: true`, or remove the position
    ");
    let without = VALID
        .replace("        primaryKey: true\n", "")
        .replace("        primaryKeyPosition: 1\n", "")
        .replace("        primaryKeyPosition: 2\n", "");
    insta::assert_snapshot!(report(parse(&without)), @r"
    the table at schemas/contracts/energy/reading.yaml:13 has no key
      hint: mark the columns that tell rows apart with `primaryKey: true` and `primaryKeyPosition`
    ");
    insta::assert_snapshot!(faults("partitionKeyPosition: 1", "partitionKeyPosition: 0"), @r"
    column `month` at schemas/contracts/energy/reading.yaml:45 has `partitionKeyPosition` 0, where 1 is due
      hint: write `partitionKeyPosition: 1`
    ");
}

#[test]
fn columns_are_names_once() {
    insta::assert_snapshot!(faults("name: quality\n", "name: month\n"), @r"
    column `month` at schemas/contracts/energy/reading.yaml:56 stands already at line 40
      hint: keep one of the two
    ");
    insta::assert_snapshot!(faults("name: quality\n", "name: _quality\n"), @r"
    `_quality` at schemas/contracts/energy/reading.yaml:56 is not a name of a column
      hint: use lower-case letters, digits and underscores, beginning with a letter
    ");
    insta::assert_snapshot!(faults("businessName: 质量", "businessName: \" \""), @r"
    column `quality` at schemas/contracts/energy/reading.yaml:56 has no Chinese title
      hint: add `businessName`
    ");
}

#[test]
fn numbers_have_a_decimal_type_and_a_unit_that_agrees_with_their_name() {
    insta::assert_snapshot!(faults("        physicalType: decimal(18,4)\n", ""), @r"
    column `quantity_kwh` at schemas/contracts/energy/reading.yaml:48 is a number without a physical type
      hint: write `physicalType: decimal(18,4)`
    ");
    insta::assert_snapshot!(faults("decimal(18,4)", "decimal(18,20)"), @r"
    column `quantity_kwh` at schemas/contracts/energy/reading.yaml:52 is a number, not a `decimal(18,20)`
      hint: write `physicalType: decimal(18,4)`
    ");
    insta::assert_snapshot!(faults("value: kWh", "value: kwhh"), @r"
    column `quantity_kwh` at schemas/contracts/energy/reading.yaml:55 has unknown unit `kwhh`
      hint: write `kWh`
    ");
    insta::assert_snapshot!(faults("value: kWh", "value: MWh"), @r"
    column `quantity_kwh` at schemas/contracts/energy/reading.yaml:55 is in `MWh`, though its name ends in `_kwh`
      hint: write the unit `kWh`, or name the column `quantity_mwh`
    ");
    insta::assert_snapshot!(faults("{ property: unit, value: kWh }, ", ""), @r"
    column `quantity_kwh` at schemas/contracts/energy/reading.yaml:48 has no unit, though its name ends in `_kwh`
      hint: add `{ property: unit, value: kWh }` to its customProperties
    ");
    insta::assert_snapshot!(faults("{ property: notFuture, value: true }", "{ property: unit, value: kWh }"), @r"
    `unit` at schemas/contracts/energy/reading.yaml:39 is not for column `read_at`: it is a timestamp
      hint: remove `unit`, or mend the type
    ");
    insta::assert_snapshot!(faults("        logicalType: timestamp\n", "        logicalType: timestamp\n        physicalType: datetime\n"), @r"
    column `read_at` at schemas/contracts/energy/reading.yaml:35 is a timestamp, not a `datetime`
      hint: write `physicalType: timestamp`
    ");
}

#[test]
fn share_type_and_grade_are_stated() {
    insta::assert_snapshot!(faults(", { property: shareType, value: none }", ""), @r"
    column `quantity_kwh` at schemas/contracts/energy/reading.yaml:48 does not say its share type
      hint: add `customProperties: [{ property: shareType, value: conditional }]`
    ");
    insta::assert_snapshot!(faults("value: none", "value: nobody"), @r"
    property `shareType` of column `quantity_kwh` at schemas/contracts/energy/reading.yaml:55 cannot be `nobody`
      hint: write one of `unconditional`, `conditional`, `none`
    ");
    insta::assert_snapshot!(faults("        classification: L1\n", ""), @r"
    column `month` at schemas/contracts/energy/reading.yaml:40 does not say its grade of protection
      hint: add `classification: L2`
    ");
    insta::assert_snapshot!(faults("{ property: unit, value: kWh }", "{ property: shareType, value: none }"), @r"
    column `quantity_kwh` at schemas/contracts/energy/reading.yaml:48 has no unit, though its name ends in `_kwh`
      hint: add `{ property: unit, value: kWh }` to its customProperties
    property `shareType` of `quantity_kwh` at schemas/contracts/energy/reading.yaml:55 is a repetition of line 55
      hint: keep one of the two
    ");
}

#[test]
fn rules_fit_the_type_of_their_column() {
    insta::assert_snapshot!(faults("minimum: 0,", "minimum: 0.00001,"), @r"
    `minimum` of column `quantity_kwh` at schemas/contracts/energy/reading.yaml:54 is `0.00001`, which the column's type cannot hold
      hint: write a number with no more digits than the column's type has
    ");
    insta::assert_snapshot!(faults("minimum: 0,", "minimum: 2000000,"), @r"
    no value of column `quantity_kwh` can lie between the bounds at schemas/contracts/energy/reading.yaml:54
      hint: exchange the bounds, or widen them
    ");
    insta::assert_snapshot!(faults("minimum: 0,", "minimum: 0, exclusiveMinimum: 0,"), @r"
    column `quantity_kwh` at schemas/contracts/energy/reading.yaml:54 has both `minimum` and `exclusiveMinimum`
      hint: keep `minimum` or `exclusiveMinimum`
    ");
    insta::assert_snapshot!(faults("{ maxLength: 12,", "{ minLength: 13, maxLength: 12,"), @r"
    no value of column `quality` can lie between the bounds at schemas/contracts/energy/reading.yaml:60
      hint: exchange the bounds, or widen them
    ");
    insta::assert_snapshot!(faults("\"[a-z]+\"", "\"[a-z\""), @"pattern of column `quality` at schemas/contracts/energy/reading.yaml:60 is not a regular expression: unclosed character class");
    insta::assert_snapshot!(faults("{ maxLength: 12, pattern: \"[a-z]+\" }", "{ minimum: 0 }"), @r"
    `minimum` at schemas/contracts/energy/reading.yaml:60 is not for column `quality`: it is a string
      hint: remove `minimum`, or mend the type
    ");
    insta::assert_snapshot!(faults("{ minimum: 0, exclusiveMaximum: 1000000.5 }", "{ maxLength: 3 }"), @r"
    `maxLength` at schemas/contracts/energy/reading.yaml:54 is not for column `quantity_kwh`: it is a number
      hint: remove `maxLength`, or mend the type
    ");
    insta::assert_snapshot!(faults("{ property: derived, value: month(read_at) }", "{ property: notFuture, value: true }"), @r"
    `notFuture` at schemas/contracts/energy/reading.yaml:47 is not for column `month`: it is a string
      hint: remove `notFuture`, or mend the type
    ");
    insta::assert_snapshot!(faults("{ property: notFuture, value: true }", "{ property: notFuture, value: often }"), @r"
    property `notFuture` of column `read_at` at schemas/contracts/energy/reading.yaml:39 cannot be `often`
      hint: write one of `true`, `false`
    ");
    insta::assert_snapshot!(faults("{ property: notFuture, value: true }", "{ property: identifier, value: vin }"), @r"
    `identifier` at schemas/contracts/energy/reading.yaml:39 is not for column `read_at`: it is a timestamp
      hint: remove `identifier`, or mend the type
    ");
    insta::assert_snapshot!(faults("{ property: labelsZh,", "{ property: identifier, value: plates }, { property: labelsZh,"), @r"
    property `identifier` of column `quality` at schemas/contracts/energy/reading.yaml:62 cannot be `plates`
      hint: write `plate`
    ");
    insta::assert_snapshot!(faults("mustBe: 0", "mustBe: 1"), @r"
    `mustBe` of column `quality` at schemas/contracts/energy/reading.yaml:61 is 1; invalid values are never loaded
      hint: write `mustBe: 0`
    ");
    insta::assert_snapshot!(faults("[measured, estimated]", "[]"), @r"
    the valid values of column `quality` at schemas/contracts/energy/reading.yaml:61 are an empty list
      hint: list the values under `validValues`
    column `quality` at schemas/contracts/energy/reading.yaml:62 has a label of `measured`, which is no valid value of it
      hint: list the valid values under `quality`, or remove `labelsZh`
    column `quality` at schemas/contracts/energy/reading.yaml:62 has a label of `estimated`, which is no valid value of it
      hint: list the valid values under `quality`, or remove `labelsZh`
    ");
    insta::assert_snapshot!(faults("{ measured: 实测, estimated: 估算 }", "{ measurd: 实测, estimated: 估算 }"), @r"
    column `quality` at schemas/contracts/energy/reading.yaml:62 has a label of `measurd`, which is no valid value of it
      hint: write `measured`
    column `quality` at schemas/contracts/energy/reading.yaml:62 has no label of its value `measured`
      hint: add `measured: …` to `labelsZh`
    ");
    insta::assert_snapshot!(faults("{ measured: 实测, estimated: 估算 }", "实测"), @r"
    property `labelsZh` of column `quality` at schemas/contracts/energy/reading.yaml:62 cannot be `实测`
      hint: write `{ value: 标签 }`
    ");
    insta::assert_snapshot!(faults("{ property: unit, value: kWh }", "{ property: unit, value: { kWh: 千瓦时 } }"), @r"
    column `quantity_kwh` at schemas/contracts/energy/reading.yaml:48 has no unit, though its name ends in `_kwh`
      hint: add `{ property: unit, value: kWh }` to its customProperties
    property `unit` of column `quantity_kwh` at schemas/contracts/energy/reading.yaml:55 cannot be `{ … }`
      hint: write a single value
    ");
}

#[test]
fn derived_columns_come_from_a_date_and_have_its_type() {
    insta::assert_snapshot!(faults("month(read_at)", "month(red_at)"), @r"
    `derived` of column `month` at schemas/contracts/energy/reading.yaml:40 names a column `red_at` that table `energy.reading` does not have
      hint: write `read_at`
    ");
    insta::assert_snapshot!(faults("month(read_at)", "week(read_at)"), @r"
    property `derived` of column `month` at schemas/contracts/energy/reading.yaml:47 cannot be `week(read_at)`
      hint: write one of `month(column)`, `day(column)`, `year(column)`
    ");
    insta::assert_snapshot!(faults("month(read_at)", "year(read_at)"), @r"
    column `month` at schemas/contracts/energy/reading.yaml:40 cannot be a derived column: it is a string
      hint: `month(…)` gives a string, `day(…)` a date, `year(…)` an integer, each from a date or timestamp
    ");
    insta::assert_snapshot!(faults("month(read_at)", "month(meter_id)"), @r"
    column `meter_id` at schemas/contracts/energy/reading.yaml:40 cannot be a source of a derived column: it is a string
      hint: `month(…)` gives a string, `day(…)` a date, `year(…)` an integer, each from a date or timestamp
    ");
}

#[test]
fn row_checks_have_names_expressions_and_messages() {
    insta::assert_snapshot!(faults("implementation: \"quantity_kwh >= 0\"", "implementation: \" \""), @r"
    row check `not_negative` at schemas/contracts/energy/reading.yaml:21 has an empty `implementation`
      hint: write a boolean SQL expression over the columns
    ");
    insta::assert_snapshot!(faults("description: 用量不得为负", "description: \"\""), @r"
    row check `not_negative` at schemas/contracts/energy/reading.yaml:20 has an empty `description`
      hint: say what the rule demands
    ");
    let check = &VALID[VALID.find("      - type: custom").expect("a check")
        ..VALID.find("    properties:").expect("columns")];
    insta::assert_snapshot!(faults("    properties:\n", &format!("{check}    properties:\n")), @r"
    row check `not_negative` at schemas/contracts/energy/reading.yaml:25 stands already at line 21
      hint: rename one of the two
    ");
    insta::assert_snapshot!(faults("severity: error", "severity: eror"), @r"
    `schema[0].quality[0].severity` at schemas/contracts/energy/reading.yaml:19 cannot be `eror`
      hint: write `error`
    ");
}

#[test]
fn freshness_names_a_column() {
    insta::assert_snapshot!(faults("element: reading.read_at", "element: reading.red_at"), @r"
    `element` of the freshness at schemas/contracts/energy/reading.yaml:63 names a column `reading.red_at` that table `energy.reading` does not have
      hint: write `reading.read_at`
    ");
    insta::assert_snapshot!(faults("unit: h", "unit: m"), @r"
    `slaProperties[0].unit` at schemas/contracts/energy/reading.yaml:63 cannot be `m`
      hint: write one of `d`, `h`
    ");
}

#[test]
fn a_relationship_names_a_column_of_another_table() {
    let with = |to: &str| {
        VALID.replacen(
            "        logicalType: string\n",
            &format!("        logicalType: string\n        relationships: [{{ to: {to} }}]\n"),
            1,
        )
    };
    insta::assert_snapshot!(report(parse(&with("energy.reading.meter_id"))), @"no fault");
    insta::assert_snapshot!(report(parse(&with("energy.readings.meter_id"))), @r"
    there is no contract of a table `energy.readings`, named at schemas/contracts/energy/reading.yaml:24
      hint: write `energy.reading`
    ");
    insta::assert_snapshot!(report(parse(&with("energy.reading.metre_id"))), @r"
    the relationship of column `meter_id` at schemas/contracts/energy/reading.yaml:24 names a column `metre_id` that table `energy.reading` does not have
      hint: write `meter_id`
    ");
    insta::assert_snapshot!(report(parse(&with("meter_id"))), @r"
    property `to` of column `meter_id` at schemas/contracts/energy/reading.yaml:27 cannot be `meter_id`
      hint: write `<schema>.<table>.<column>`
    ");
}

#[test]
fn two_contracts_of_one_table_are_refused() {
    let files = ["a/energy/reading.yaml", "b/energy/reading.yaml"];
    let read = Contracts::parse(files.map(|path| (path.to_owned(), VALID.to_owned())));
    insta::assert_snapshot!(report(read), @r"
    table `energy.reading` at b/energy/reading.yaml has a contract already, at a/energy/reading.yaml
      hint: remove one of the two
    ");
}

#[test]
fn an_unknown_table_names_the_nearest() {
    let contracts = parse(VALID).expect("valid");
    let id: TableId = "energy.readings".parse().expect("a table id");
    let error = contracts.require(&id).expect_err("unknown");
    insta::assert_snapshot!(error, @"there is no contract of a table `energy.readings`");
    insta::assert_snapshot!(error.hint().unwrap_or_default(), @"write `energy.reading`");
}

#[test]
fn what_is_not_yaml_is_told_where() {
    insta::assert_snapshot!(report(parse("id: [energy\nname: x\n")), @"cannot read the YAML at schemas/contracts/energy/reading.yaml:2: illegal placement of ':' indicator");
    insta::assert_snapshot!(report(parse("")), @"the file at schemas/contracts/energy/reading.yaml:1 must be a mapping, found nothing");
    insta::assert_snapshot!(report(parse("- a\n- b\n")), @"the file at schemas/contracts/energy/reading.yaml:1 must be a mapping, found a list");
    insta::assert_snapshot!(report(parse("id: a\n---\nid: b\n")), @"cannot read the YAML at schemas/contracts/energy/reading.yaml:3: multiple YAML documents detected");
}

#[test]
fn faults_of_all_files_are_reported_together_in_order() {
    let second = VALID.replace("classification: L1", "classification: L9");
    let read = Contracts::parse([
        ("b/energy/reading.yaml".to_owned(), second),
        (
            "a/energy/reading.yaml".to_owned(),
            VALID
                .replace("value: none", "value: nobody")
                .replace("status: active", "status: actve"),
        ),
    ]);
    insta::assert_snapshot!(report(read), @r"
    `status` at a/energy/reading.yaml:6 cannot be `actve`
      hint: write `active`
    `schema[0].properties[2].classification` at b/energy/reading.yaml:46 cannot be `L9`
      hint: write one of `L1`, `L2`, `L3`
    ");
}

/// Vouchers keyed by number and partitioned by year: one whose date was corrected across New Year
/// stood in both years, and the ledger balanced all the same.
#[test]
fn a_partition_that_the_key_does_not_decide_is_refused() {
    // `month` stands at line 40; the two lines taken out are above it.
    let text = VALID.replace(
        "        primaryKey: true\n        primaryKeyPosition: 2\n",
        "",
    );
    insta::assert_snapshot!(report(parse(&text)), @r"
    partition column `month` at schemas/contracts/energy/reading.yaml:38 does not follow from the key
      hint: partition by a key column or one derived from it, or do not partition the table
    ");
}
