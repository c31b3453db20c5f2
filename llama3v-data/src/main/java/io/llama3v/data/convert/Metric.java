package io.llama3v.data.convert;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How answers to a question are scored by the benchmark it comes from. */
public enum Metric {
  /** VQAv2, TextVQA: agreement with ten people. */
  @JsonProperty("vqa_accuracy") VQA_ACCURACY,
  /** DocVQA: normalised edit distance. */
  @JsonProperty("anls") ANLS,
  /** ChartQA: numbers within 5 %. */
  @JsonProperty("relaxed_accuracy") RELAXED_ACCURACY,
  /** AI2D, ScienceQA, MMMU: the option's letter. */
  @JsonProperty("multiple_choice") MULTIPLE_CHOICE,
  /** MMMU's questions without options. */
  @JsonProperty("open_answer") OPEN_ANSWER,
  /** GQA, Visual Genome: the same words. */
  @JsonProperty("exact_match") EXACT_MATCH
}
