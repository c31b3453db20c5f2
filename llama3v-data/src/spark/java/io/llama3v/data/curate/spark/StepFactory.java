package io.llama3v.data.curate.spark;

import io.llama3v.data.curate.CurationConfig;
import io.llama3v.data.curate.Step;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;

/** Makes the steps of a run in an executor: the same ones, with the same settings, as the driver has. */
@FunctionalInterface
public interface StepFactory extends Serializable {
  List<Step<?>> create(CurationConfig config) throws IOException;
}
