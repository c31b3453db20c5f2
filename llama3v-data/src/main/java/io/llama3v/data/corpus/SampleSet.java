package io.llama3v.data.corpus;

import io.llama3v.data.sample.Sample;
import java.util.List;

/** A generated set of samples; what stands at a number depends on the seed only. Safe for several threads. */
interface SampleSet {
  /** Where it goes: {@code icons/train} becomes {@code icons/train-000000.tar} and so on. */
  String path();

  int size();

  /** Makes a sample, picture included. */
  Sample sample(int number, PngWriter png);

  /** What a sample says, as plain text documents, without painting it. */
  List<String> documents(int number);
}
