package io.llama3v.train.loop;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.backend.Backend;
import io.llama3v.io.Json;
import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.WeightSource;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.DecayRule;
import io.llama3v.train.optim.Ema;
import io.llama3v.train.optim.GradientClipping;
import io.llama3v.train.optim.GradientNorm;
import io.llama3v.train.optim.ParameterGroup;
import io.llama3v.train.optim.Schedule;
import io.llama3v.train.soup.Averager;
import io.llama3v.train.soup.ModuleWeights;
import io.llama3v.vision.image.ParityResult;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs a folder of optimiser reference values: {@code case.json} (settings, learning rates used, tables of schedules) and
 * {@code optim.safetensors} (parameters, gradients and moments at every step; models, their mean and moving average). Sizes,
 * steps, rates and group members all come from the folder.
 */
public final class OptimizerParity {
  private static final double TOLERANCE = 1e-6;
  private static final double RATE_TOLERANCE = 1e-12;
  private static final Pattern TABLE = Pattern.compile("(cosine|linear)_warm(\\d+)_total(\\d+)|constant_warm(\\d+)");
  private static final Pattern EMA = Pattern.compile("soup\\.ema_decay([0-9.]+?)\\.(\\D.*)");
  private static final Pattern MODEL = Pattern.compile("soup\\.model(\\d+)\\.(.+)");

  private final String name;
  private final Backend backend;
  private final JsonNode root;
  private final WeightSource file;

  private OptimizerParity(Path folder, Backend backend, WeightSource file) throws IOException {
    this.name = folder.toAbsolutePath().normalize().getFileName().toString();
    this.backend = backend;
    this.root = Json.read(folder.resolve("case.json"));
    this.file = file;
  }

  /** Whether a folder looks like a case of this kind. */
  public static boolean recognises(Path folder) {
    return Files.exists(folder.resolve("optim.safetensors")) && Files.exists(folder.resolve("case.json"));
  }

  /** Compares trajectories, schedules, mean and moving average: one result each. */
  public static List<ParityResult> run(Path folder, Backend backend) throws IOException {
    try (WeightSource file = SafetensorsFile.open(folder.resolve("optim.safetensors"))) {
      OptimizerParity parity = new OptimizerParity(folder, backend, file);
      List<ParityResult> results = new ArrayList<>();
      for (Map.Entry<String, JsonNode> log : parity.root.get("log").properties()) {
        results.add(parity.trajectory(log.getKey(), log.getValue()));
      }
      results.add(parity.schedules());
      results.add(parity.soups());
      return results;
    }
  }

  // ---- AdamW ----

  private ParityResult trajectory(String trajectory, JsonNode log) throws IOException {
    Tally tally = new Tally(name + "/" + trajectory);
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    try {
      for (String parameter : (Iterable<String>) root.get("shapes")::fieldNames) {
        parameters.put(parameter, parameter(trajectory + ".param." + parameter + ".step0"));
      }
      try (AdamW optimizer = optimizer(parameters, log)) {
        int steps = root.get("config").get("steps").asInt();
        for (int step = 1; step <= steps; step++) step(tally, optimizer, trajectory, step, log);
      }
    } finally {
      parameters.values().forEach(Parameter::close);
    }
    return tally.result();
  }

  /** Groups after the first have no decay, and a rate of their own in proportion to the first's. */
  private AdamW optimizer(Map<String, Parameter> parameters, JsonNode log) {
    JsonNode config = root.get("config");
    AdamW.Builder builder = AdamW.over(parameters)
        .schedule(Schedule.warmupCosine(config.get("lr").asDouble(), config.get("warm").asLong(), config.get("total").asLong()))
        .betas(config.get("betas").get(0).asDouble(), config.get("betas").get(1).asDouble()).epsilon(config.get("eps").asDouble())
        .weightDecay(config.get("wd").asDouble()).decayRule(DecayRule.ALL);
    JsonNode members = log.get("group_members");
    for (int g = 1; g < members.size(); g++) {
      List<String> names = new ArrayList<>();
      members.get(g).forEach(member -> names.add(member.asText()));
      builder.group(ParameterGroup.of("group " + g, names.toArray(String[]::new)).rate(proportion(log, g)).decay(0));
    }
    return builder.build();
  }

  private static double proportion(JsonNode log, int group) {
    for (JsonNode rates : log.get("lr_used_per_step")) {
      // Rounded: a quotient of two rounded rates is a unit in the last place off.
      if (rates.get(0).asDouble() > 0) return (double) (float) (rates.get(group).asDouble() / rates.get(0).asDouble());
    }
    return 1;
  }

  private void step(Tally tally, AdamW optimizer, String trajectory, int step, JsonNode log) throws IOException {
    optimizer.clearGrads();
    for (Map.Entry<String, Parameter> entry : optimizer.parameters().entrySet()) {
      float[] values = file.readFloats(trajectory + ".grad." + entry.getKey() + ".step" + step);
      try (Tensor gradient = backend.tensor(values, entry.getValue().shape())) {
        entry.getValue().addGrad(gradient);
      }
    }
    tally.number("rate of step " + step, log.get("lr_used_per_step").get(step - 1).get(0).asDouble(), optimizer.learningRate(step - 1),
        RATE_TOLERANCE);
    JsonNode norms = log.path("grad_norm_before_clip");
    double scale = 1;
    if (!norms.isEmpty()) {
      GradientNorm norm = new GradientClipping(root.get("config").get("clip").asDouble()).measure(optimizer.parameters().values());
      double expected = norms.get(step - 1).asDouble();
      tally.number("gradient norm of step " + step, expected, norm.norm(), TOLERANCE * Math.max(1, expected));
      scale = norm.scale();
    }
    optimizer.step(step - 1, scale);
    Map<String, Tensor> state = new LinkedHashMap<>(optimizer.moments());
    optimizer.parameters().forEach((parameter, value) -> state.put("param." + parameter, value));
    for (Map.Entry<String, Tensor> entry : state.entrySet()) {
      String tensor = trajectory + "." + entry.getKey() + ".step" + step;
      float[] expected = file.readFloats(tensor);
      tally.values(tensor, expected, entry.getValue().toFloats(), TOLERANCE * Math.max(1, Tally.largest(expected)));
    }
  }

  // ---- schedules ----

  private ParityResult schedules() {
    Tally tally = new Tally(name + "/schedules");
    for (Map.Entry<String, JsonNode> table : root.path("lr_multiplier_by_step_index").properties()) {
      Schedule schedule = schedule(table.getKey());
      for (int step = 0; step < table.getValue().size(); step++) {
        tally.number(table.getKey() + "[" + step + "]", table.getValue().get(step).asDouble(),
            schedule == null ? Double.NaN : schedule.at(step), RATE_TOLERANCE);
      }
    }
    return tally.result();
  }

  private static Schedule schedule(String table) {
    Matcher found = TABLE.matcher(table);
    if (!found.matches()) return null;
    if (found.group(4) != null) return Schedule.warmupConstant(1, Long.parseLong(found.group(4)));
    long warmup = Long.parseLong(found.group(2));
    long total = Long.parseLong(found.group(3));
    return found.group(1).equals("cosine") ? Schedule.warmupCosine(1, warmup, total) : Schedule.warmupLinear(1, warmup, total);
  }

  // ---- averages ----

  private ParityResult soups() throws IOException {
    Tally tally = new Tally(name + "/soup");
    TreeMap<Integer, TreeSet<String>> models = new TreeMap<>();
    for (String tensor : file.names()) {
      Matcher model = MODEL.matcher(tensor);
      if (model.matches()) models.computeIfAbsent(Integer.valueOf(model.group(1)), m -> new TreeSet<>()).add(model.group(2));
    }
    if (models.isEmpty()) return tally.result();
    Map<String, Parameter> target = new LinkedHashMap<>();
    try {
      for (String parameter : models.firstEntry().getValue()) target.put(parameter, parameter("soup.model0." + parameter));
      uniform(tally, models, target);
      for (String tensor : file.names()) {
        Matcher ema = EMA.matcher(tensor);
        if (ema.matches()) moving(tally, models, target, tensor, Double.parseDouble(ema.group(1)), ema.group(2));
      }
    } finally {
      target.values().forEach(Parameter::close);
    }
    return tally.result();
  }

  private void uniform(Tally tally, TreeMap<Integer, TreeSet<String>> models, Map<String, Parameter> target) throws IOException {
    List<ModuleWeights> ingredients = new ArrayList<>();
    List<Map<String, Parameter>> loaded = new ArrayList<>();
    try {
      for (int model : models.keySet()) {
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        loaded.add(parameters);
        for (String parameter : target.keySet()) parameters.put(parameter, parameter("soup.model" + model + "." + parameter));
        ingredients.add(new ModuleWeights("model" + model, parameters));
      }
      Averager.uniform(ingredients, target);
    } finally {
      loaded.forEach(parameters -> parameters.values().forEach(Parameter::close));
    }
    for (Map.Entry<String, Parameter> entry : target.entrySet()) {
      String tensor = "soup.uniform_average." + entry.getKey();
      tally.values(tensor, file.readFloats(tensor), entry.getValue().toFloats(), TOLERANCE);
    }
  }

  private void moving(Tally tally, TreeMap<Integer, TreeSet<String>> models, Map<String, Parameter> target, String tensor, double decay,
      String parameter) throws IOException {
    Parameter value = target.get(parameter);
    try (Ema ema = new Ema(Map.of(parameter, value), decay)) {
      for (int model : models.keySet()) {
        backend.upload(FloatBuffer.wrap(file.readFloats("soup.model" + model + "." + parameter)), value);
        ema.update();
      }
      tally.values(tensor, file.readFloats(tensor), ema.averages().get(parameter).toFloats(), TOLERANCE);
    }
  }

  private Parameter parameter(String tensor) throws IOException {
    Parameter parameter = new Parameter(tensor, Init.ZEROS, file.info(tensor).shape()).allocate(backend);
    backend.upload(FloatBuffer.wrap(file.readFloats(tensor)), parameter);
    return parameter;
  }
}
