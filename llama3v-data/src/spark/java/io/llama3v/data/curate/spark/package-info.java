/**
 * Curation on Apache Spark. The driver hands out shards, executors run the tasks of {@link io.llama3v.data.curate.engine.CurationJob} and
 * write their files to the run's folder, which all of them must see. Spark moves numbers of shards, combined parts of reductions, and
 * results; never samples.
 */
package io.llama3v.data.curate.spark;
