"""Reads OpenLineage events, a line each, into the classes that the standard's own client has of the published schema.

A field that the schema does not know, one that it requires and is not there, and a facet whose address is not that of the schema's own end it.
"""

import json
import sys

from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import (
    dataset_version_dataset,
    error_message_run,
    job_type_job,
    output_statistics_output_dataset,
    processing_engine_run,
    schema_dataset,
)

FACETS = {
    "processing_engine": processing_engine_run.ProcessingEngineRunFacet,
    "errorMessage": error_message_run.ErrorMessageRunFacet,
    "jobType": job_type_job.JobTypeJobFacet,
    "version": dataset_version_dataset.DatasetVersionDatasetFacet,
    "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet,
}


def facets(given):
    return {name: facet(name, dict(fields)) for name, fields in given.items()}


def facet(name, fields):
    producer, schema = fields.pop("_producer"), fields.pop("_schemaURL")
    assert producer.startswith("https://"), producer
    if name.startswith("jieyue_"):
        assert schema.startswith(producer), schema
        return fields
    if name == "schema":
        columns = [schema_dataset.SchemaDatasetFacetFields(**column) for column in fields.pop("fields")]
        made = schema_dataset.SchemaDatasetFacet(fields=columns, **fields)
    else:
        made = FACETS[name](**fields)
    assert schema == made._get_schema(), (schema, made._get_schema())
    return made


def read(event):
    assert event.pop("schemaURL") == RunEvent._get_schema()
    run, job = event.pop("run"), event.pop("job")
    inputs = [InputDataset(facets=facets(one.pop("facets")), **one) for one in event.pop("inputs")]
    outputs = [
        OutputDataset(facets=facets(one.pop("facets")), outputFacets=facets(one.pop("outputFacets")), **one)
        for one in event.pop("outputs")
    ]
    return RunEvent(
        eventType=RunState[event.pop("eventType")],
        run=Run(runId=run.pop("runId"), facets=facets(run.pop("facets")), **run),
        job=Job(facets=facets(job.pop("facets")), **job),
        inputs=inputs,
        outputs=outputs,
        **event,
    )


for line in open(sys.argv[1], encoding="utf-8"):
    event = read(json.loads(line))
    print(event.eventType.value, event.run.runId, event.job.name, [one.name for one in event.inputs], event.outputs[0].name)
