package io.llama3v.data.curate;

import io.llama3v.data.curate.decontaminate.DecontaminationConfig;
import io.llama3v.data.curate.decontaminate.DecontaminationStep;
import io.llama3v.data.curate.decontaminate.Decontaminator;
import io.llama3v.data.curate.dedup.CopiesConfig;
import io.llama3v.data.curate.dedup.CopyStep;
import io.llama3v.data.curate.dedup.OnnxDescriptor;
import io.llama3v.data.curate.dedup.PerceptualHash;
import io.llama3v.data.curate.ocr.OcrConfig;
import io.llama3v.data.curate.ocr.OcrStep;
import io.llama3v.data.curate.quality.BoilerplateConfig;
import io.llama3v.data.curate.quality.BoilerplateStep;
import io.llama3v.data.curate.quality.LanguageConfig;
import io.llama3v.data.curate.quality.LanguageStep;
import io.llama3v.data.curate.quality.PicturesStep;
import io.llama3v.data.curate.quality.RulesConfig;
import io.llama3v.data.curate.quality.RulesStep;
import io.llama3v.data.curate.quality.SafetyConfig;
import io.llama3v.data.curate.quality.SafetyStep;
import io.llama3v.data.curate.quality.SimilarityStep;
import io.llama3v.data.curate.quality.UniqueKeysStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes the steps that a configuration names. */
public final class Steps {
  /** All steps, in the order of the paper. */
  public static final List<String> NAMES = List.of("rules", "language", "boilerplate", "similarity", "safety", "copies",
      "decontaminate", "resample", "ocr");

  private Steps() {}

  /** The steps of a configuration, with models from the class path. */
  public static List<Step<?>> create(CurationConfig config) throws IOException {
    return create(config, new StepContext(config.seed(), ModelProvider::find));
  }

  /** The steps of a configuration, and those that every run has: pictures are decoded once, ids are unique before the first reduction. */
  public static List<Step<?>> create(CurationConfig config, StepContext context) throws IOException {
    List<Step<?>> steps = new ArrayList<>();
    try {
      for (String name : config.steps()) {
        steps.add(step(name, config, context));
      }
    } catch (IOException | RuntimeException failed) {
      steps.forEach(Step::close);
      throw failed;
    }
    int first = 0;
    while (first < steps.size() && steps.get(first).reduction() == null) {
      first++;
    }
    steps.add(first, new UniqueKeysStep());
    if (config.verifyPictures()) {
      steps.add(config.steps().indexOf("rules") == 0 ? 1 : 0, new PicturesStep());
    }
    return steps;
  }

  private static Step<?> step(String name, CurationConfig config, StepContext context) throws IOException {
    return switch (name) {
      case "rules" -> new RulesStep(or(config.rules(), RulesConfig.DEFAULT));
      case "language" -> new LanguageStep(or(config.language(), LanguageConfig.DEFAULT));
      case "boilerplate" -> new BoilerplateStep(or(config.boilerplate(), BoilerplateConfig.DEFAULT));
      case "similarity" -> new SimilarityStep(config.similarity(), context.models().get().scorer(config.similarity().model()));
      case "safety" -> new SafetyStep(or(config.safety(), SafetyConfig.DEFAULT));
      case "copies" -> copies(or(config.copies(), CopiesConfig.DEFAULT), context);
      case "decontaminate" -> new DecontaminationStep(decontaminator(config.decontaminate(), context));
      case "resample" -> config.resample().step(context.seed());
      case "ocr" -> new OcrStep(or(config.ocr(), OcrConfig.DEFAULT));
      default -> throw new IllegalArgumentException("no step is called '" + name + "'; there are " + NAMES);
    };
  }

  private static CopyStep copies(CopiesConfig config, StepContext context) throws IOException {
    return new CopyStep(descriptor(config, context), config.settings(context.seed()), config.keep(), config.score());
  }

  /** What compares with the benchmarks that a section names. */
  public static Decontaminator decontaminator(DecontaminationConfig config, StepContext context) throws IOException {
    return config.open(config.pictures() == null ? null : descriptor(config.copies(), context));
  }

  /** The descriptor that a section names. */
  public static ImageDescriptor descriptor(CopiesConfig config, StepContext context) throws IOException {
    return switch (config.descriptor()) {
      case "phash" -> PerceptualHash.COSINE;
      case "dhash" -> PerceptualHash.DIFFERENCE;
      default -> config.model().toString().endsWith(".onnx") ? onnx(config.model())
          : context.models().get().descriptor(config.model());
    };
  }

  /** Looks for the library first: without it the class that uses it cannot even be loaded. */
  private static ImageDescriptor onnx(Path file) throws IOException {
    if (!Files.isRegularFile(file)) throw new IOException(file + " does not exist; expected an ONNX file");
    try {
      Class.forName("ai.onnxruntime.OrtEnvironment", false, Steps.class.getClassLoader());
    } catch (ClassNotFoundException absent) {
      throw new IOException(file + " needs the ONNX runtime, which is not on the class path; add com.microsoft.onnxruntime:onnxruntime", absent);
    }
    return new OnnxDescriptor(file);
  }

  private static <T> T or(T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
