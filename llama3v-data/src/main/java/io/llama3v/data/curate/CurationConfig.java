package io.llama3v.data.curate;

import io.llama3v.data.curate.decontaminate.DecontaminationConfig;
import io.llama3v.data.curate.dedup.CopiesConfig;
import io.llama3v.data.curate.input.InputConfig;
import io.llama3v.data.curate.ngram.ResampleConfig;
import io.llama3v.data.curate.ocr.OcrConfig;
import io.llama3v.data.curate.quality.BoilerplateConfig;
import io.llama3v.data.curate.quality.LanguageConfig;
import io.llama3v.data.curate.quality.RulesConfig;
import io.llama3v.data.curate.quality.SafetyConfig;
import io.llama3v.data.curate.quality.SimilarityConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * A whole curation, as a YAML file states it.
 *
 * @param run            folder of everything the run writes
 * @param seed           of every draw
 * @param threads        of the local engine; 0 for all cores
 * @param inputs         sources of raw samples
 * @param output         what to write
 * @param verifyPictures whether every picture is decoded once, so that damaged ones are found whatever steps follow; true
 * @param steps          names of the steps, in order; each has a section of the same name
 * @param rules          {@code rules}: bounds of sizes
 * @param language       {@code language}: captions in other languages
 * @param boilerplate    {@code boilerplate}: captions that many samples share
 * @param similarity     {@code similarity}: pictures and captions that do not belong together
 * @param safety         {@code safety}: block-list, classifiers, faces
 * @param copies         {@code copies}: one sample of each picture
 * @param decontaminate  {@code decontaminate}: nothing of the benchmarks
 * @param resample       {@code resample}: fewer samples of frequent n-grams
 * @param ocr            {@code ocr}: text in pictures, appended to captions
 */
public record CurationConfig(Path run, long seed, int threads, List<InputConfig> inputs, OutputConfig output, Boolean verifyPictures,
    List<String> steps, RulesConfig rules, LanguageConfig language, BoilerplateConfig boilerplate, SimilarityConfig similarity,
    SafetyConfig safety, CopiesConfig copies, DecontaminationConfig decontaminate, ResampleConfig resample, OcrConfig ocr) {
  /** Fills in defaults and checks. */
  public CurationConfig {
    if (run == null) {
      throw new IllegalArgumentException("'run' is missing: the folder of the run, for example runs/curate");
    }
    if (inputs == null || inputs.isEmpty()) {
      throw new IllegalArgumentException("'inputs' is missing: a list of sources, for example [{shards: 'raw/*.tar'}]");
    }
    inputs = List.copyOf(inputs);
    output = output == null ? new OutputConfig(null, null, null, 0) : output;
    verifyPictures = verifyPictures == null || verifyPictures;
    steps = steps == null ? List.of("rules") : List.copyOf(steps);
    for (String step : steps) {
      if (!Steps.NAMES.contains(step)) {
        throw new IllegalArgumentException("no step is called '" + step + "'; there are " + Steps.NAMES);
      }
    }
    if (steps.stream().distinct().count() < steps.size()) {
      throw new IllegalArgumentException("a step is named twice in " + steps);
    }
    if (steps.contains("similarity") && similarity == null) {
      throw new IllegalArgumentException("the step 'similarity' needs its section, with a 'model'");
    }
    if (steps.contains("decontaminate") && decontaminate == null) {
      throw new IllegalArgumentException("the step 'decontaminate' needs its section, with the benchmarks' 'texts' or 'pictures'");
    }
    if (steps.contains("resample") && resample == null) {
      throw new IllegalArgumentException("the step 'resample' needs its section, with a vocabulary and a 'threshold', 'size' or 'tail_share'");
    }
  }
}
