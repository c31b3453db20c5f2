package io.llama3v.train.cli;

import io.llama3v.data.convert.ExampleSource;
import io.llama3v.data.convert.source.Ai2d;
import io.llama3v.data.convert.source.ChartQa;
import io.llama3v.data.convert.source.CocoCaptions;
import io.llama3v.data.convert.source.DocVqa;
import io.llama3v.data.convert.source.GqaQuestions;
import io.llama3v.data.convert.source.GqaSceneGraphs;
import io.llama3v.data.convert.source.Mmmu;
import io.llama3v.data.convert.source.ScienceQa;
import io.llama3v.data.convert.source.TextVqa;
import io.llama3v.data.convert.source.VisualGenomeQuestions;
import io.llama3v.data.convert.source.VisualGenomeRegions;
import io.llama3v.data.convert.source.VqaV2;
import io.llama3v.train.eval.VqaAccuracy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One command for each academic set, with the set's own options. */
final class ConvertSets {
  private ConvertSets() {}

  @Command(name = "vqav2", description = "VQAv2: questions and annotations, joined by question id.", footerHeading = "%nExample:%n",
      footer = {"  llama3v convert vqav2 \\",
          "    --questions v2_OpenEnded_mscoco_train2014_questions.json \\",
          "    --annotations v2_mscoco_train2014_annotations.json \\",
          "    --images coco/train2014 --out data/vqav2"})
  static final class VqaV2Command extends ConvertSet {
    @Option(names = "--questions", required = true, paramLabel = "FILE", description = "The file of questions.")
    private Path questions;

    @Option(names = "--annotations", required = true, paramLabel = "FILE",
        description = "The file of annotations. Read twice: once for an index of up to 48 bytes a question.")
    private Path annotations;

    @Option(names = "--subset", paramLabel = "NAME", description = "Part of COCO, such as train2014, where the questions' file does not say.")
    private String subset;

    @Override
    ExampleSource open() throws IOException {
      images();
      return VqaV2.open(questions, annotations, subset);
    }

    @Override
    UnaryOperator<String> normalization() {
      return VqaAccuracy::normalize;
    }
  }

  @Command(name = "textvqa", description = "TextVQA.", footerHeading = "%nExample:%n",
      footer = {"  llama3v convert textvqa --file TextVQA_0.5.1_train.json \\", "    --images train_images --out data/textvqa"})
  static final class TextVqaCommand extends ConvertSet {
    @Option(names = "--file", required = true, paramLabel = "FILE", description = "TextVQA_0.5.1_train.json or _val.json.")
    private Path file;

    @Override
    ExampleSource open() throws IOException {
      images();
      return TextVqa.open(file);
    }

    @Override
    UnaryOperator<String> normalization() {
      return VqaAccuracy::normalize;
    }
  }

  @Command(name = "docvqa", description = "DocVQA, and InfographicVQA.", footerHeading = "%nExample:%n",
      footer = {"  llama3v convert docvqa --file train_v1.0.json --images docvqa/train \\", "    --out data/docvqa"})
  static final class DocVqaCommand extends ConvertSet {
    @Option(names = "--file", required = true, paramLabel = "FILE", description = "train_v1.0.json or val_v1.0.json.")
    private Path file;

    @Override
    ExampleSource open() throws IOException {
      images();
      return DocVqa.open(file);
    }
  }

  @Command(name = "chartqa", description = "ChartQA, its human and augmented halves.", footerHeading = "%nExample:%n",
      footer = {"  llama3v convert chartqa --file train_human.json --file train_augmented.json \\",
          "    --images train/png --out data/chartqa"})
  static final class ChartQaCommand extends ConvertSet {
    @Option(names = "--file", required = true, paramLabel = "FILE", description = "A file of questions; may be repeated. 'human' or 'augmented' in its name is its group.")
    private List<Path> files;

    @Override
    ExampleSource open() throws IOException {
      images();
      return ChartQa.open(files);
    }
  }

  @Command(name = "ai2d", description = "AI2D, diagrams with questions of four options.", footerHeading = "%nExample:%n",
      footer = {"  llama3v convert ai2d --questions ai2d/questions --images ai2d \\",
          "    --labelled abc_images --test-ids ai2d_test_ids.csv --split test \\", "    --wording benchmark --turns 1 --out data/ai2d-test"})
  static final class Ai2dCommand extends ConvertSet {
    /** Splits by the words of the command line. */
    enum Split { train, test }

    @Option(names = "--questions", required = true, paramLabel = "FOLDER", description = "Folder of NUMBER.png.json files.")
    private Path questions;

    @Option(names = "--labelled", paramLabel = "NAME", description = {"Folder below --images of the pictures whose labels are letters: of the boxed or of the",
        "transparent variant. Without it questions about letters are passed over and counted."})
    private String labelled;

    @Option(names = "--test-ids", paramLabel = "FILE", description = "List of the test split's picture numbers, one a line.")
    private Path ids;

    @Option(names = "--split", description = "With --test-ids: ${COMPLETION-CANDIDATES}.")
    private Split split;

    @Override
    ExampleSource open() throws IOException {
      images();
      if ((ids == null) != (split == null)) throw wrong("--test-ids and --split go together");
      return Ai2d.open(questions, labelled, ids, split == Split.test);
    }
  }

  @Command(name = "mmmu", description = "MMMU: Parquet files with the pictures inside, or rows as JSON.", footerHeading = "%nExample:%n",
      footer = {"  llama3v convert mmmu \\", "    --file MMMU/Accounting/validation-00000-of-00001.parquet \\",
          "    --wording benchmark --out data/mmmu"})
  static final class MmmuCommand extends ConvertSet {
    @Option(names = "--file", required = true, paramLabel = "FILE", description = "A .parquet, .json or .jsonl file; may be repeated.")
    private List<Path> files;

    @Override
    ExampleSource open() {
      return Mmmu.open(files);
    }
  }

  @Command(name = "coco", description = "COCO captions.", footerHeading = "%nExample:%n",
      footer = {"  llama3v convert coco --file annotations/captions_train2017.json \\", "    --images train2017 --out data/coco"})
  static final class CocoCommand extends ConvertSet {
    @Option(names = "--file", required = true, paramLabel = "FILE", description = "The file of captions. Read twice: once for an index of up to 48 bytes a caption.")
    private Path file;

    @Override
    ExampleSource open() throws IOException {
      images();
      return CocoCaptions.open(file);
    }
  }

  @Command(name = "gqa", description = "GQA: its questions, or its scene graphs as grounding.", footerHeading = "%nExamples:%n",
      footer = {"  llama3v convert gqa --questions train_balanced_questions.json \\", "    --images gqa/images --out data/gqa",
          "  llama3v convert gqa --scene-graphs train_sceneGraphs.json \\", "    --images gqa/images --out data/gqa-boxes"})
  static final class GqaCommand extends ConvertSet {
    @Option(names = "--questions", paramLabel = "FILE", description = "A file of questions.")
    private Path questions;

    @Option(names = "--scene-graphs", paramLabel = "FILE", description = "A file of scene graphs.")
    private Path graphs;

    @Override
    ExampleSource open() throws IOException {
      images();
      if ((questions == null) == (graphs == null)) throw wrong("expected either --questions or --scene-graphs");
      return questions != null ? GqaQuestions.open(questions) : GqaSceneGraphs.open(graphs);
    }
  }

  @Command(name = "visualgenome", description = "Visual Genome: its questions, or its region descriptions as grounding.",
      footerHeading = "%nExamples:%n",
      footer = {"  llama3v convert visualgenome --questions question_answers.json \\", "    --images vg --out data/vg",
          "  llama3v convert visualgenome --regions region_descriptions.json \\", "    --image-data image_data.json --images vg --out data/vg-boxes"})
  static final class VisualGenomeCommand extends ConvertSet {
    @Option(names = "--questions", paramLabel = "FILE", description = "question_answers.json.")
    private Path questions;

    @Option(names = "--regions", paramLabel = "FILE", description = "region_descriptions.json.")
    private Path regions;

    @Option(names = "--image-data", paramLabel = "FILE", description = "image_data.json, for the sizes of the pictures; with --regions.")
    private Path imageData;

    @Override
    ExampleSource open() throws IOException {
      images();
      if ((questions == null) == (regions == null)) throw wrong("expected either --questions or --regions");
      if ((regions == null) != (imageData == null)) throw wrong("--regions and --image-data go together");
      return questions != null ? VisualGenomeQuestions.open(questions) : VisualGenomeRegions.open(regions, imageData);
    }
  }

  @Command(name = "scienceqa", description = "ScienceQA, with lectures' solutions as reasons.", footerHeading = "%nExample:%n",
      footer = {"  llama3v convert scienceqa --problems problems.json --split train \\", "    --images scienceqa/images --out data/scienceqa"})
  static final class ScienceQaCommand extends ConvertSet {
    @Option(names = "--problems", required = true, paramLabel = "FILE", description = "problems.json.")
    private Path problems;

    @Option(names = "--split", paramLabel = "NAME", description = "train, val or test; all by default.")
    private String split;

    @Option(names = "--pictures-only", description = "Pass over problems without a picture, about half of them.")
    private boolean picturesOnly;

    @Override
    ExampleSource open() throws IOException {
      images();
      return ScienceQa.open(problems, split, picturesOnly);
    }
  }
}
