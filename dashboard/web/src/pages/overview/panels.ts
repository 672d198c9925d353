/** The panels of the overview and the columns that the page draws of each. A test compares them with the board's YAML. */
export const PANEL_COLUMNS = {
  targets: [
    'metric', 'year', 'base_year', 'target_year', 'value', 'unit', 'change_pct', 'change_pct_target', 'allowed_value',
    'gap', 'gap_pct', 'is_on_track', 'reason', 'grade', 'months_reported',
  ],
  cost_to_date: ['current_yuan', 'previous_yuan', 'change_pct', 'budget_yuan', 'budget_used_pct'],
  cost_by_month: ['month', 'operating_cost_yuan'],
  cost_by_group: ['cost_group', 'current_yuan', 'change_pct', 'budget_used_pct'],
  three_public: [
    'current_yuan', 'previous_yuan', 'change_pct',
    'overseas_current_yuan', 'overseas_previous_yuan', 'overseas_change_pct',
    'reception_current_yuan', 'reception_previous_yuan', 'reception_change_pct',
    'vehicle_current_yuan', 'vehicle_previous_yuan', 'vehicle_change_pct',
  ],
  carbon_to_date: ['co2_fixed_t', 'co2_fixed_change_pct', 'co2_year_t', 'co2_year_change_pct'],
  carbon_by_month: ['month', 'co2_fixed_t', 'co2_year_t', 'is_carried_forward'],
  reporting_latest: ['expected_count', 'reported_count', 'missing_count', 'late_count', 'complete_pct'],
  reporting_by_month: ['region_code', 'month', 'expected_count', 'missing_count', 'late_count'],
  reporting_late: ['organization_id', 'region_code', 'missing_months', 'days_late', 'is_missing_now'],
  intensity_total: ['energy_per_capita', 'water_per_capita', 'energy_per_area'],
  intensity_by_region: ['region_code', 'energy_per_capita', 'water_per_capita', 'energy_per_area'],
  nev_by_month: ['month', 'vehicle_count', 'nev_count', 'nev_share_pct'],
  over_standard_total: ['over_standard_rooms', 'over_standard_m2', 'over_standard_pct'],
  over_standard_by_region: ['region_code', 'over_standard_rooms', 'over_standard_m2', 'over_standard_pct'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type PanelId = keyof typeof PANEL_COLUMNS

export const PANEL_IDS = Object.keys(PANEL_COLUMNS) as PanelId[]
