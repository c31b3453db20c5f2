package io.llama3v.nn;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A piece of a model: parameters and children, registered by name in the constructor, and a {@code forward} of whatever
 * signature suits it. Nothing else is needed to write one: gradients come from the tape.
 *
 * <pre>{@code
 * final class Gate extends Module {
 *   private final Parameter gate = parameter("gate", zeros(1));
 *   Tensor forward(Tensor x, Tensor residual) { return residual.add(x.mul(gate.tanh())); }
 * }
 * }</pre>
 *
 * The life of a module: construct (no memory is taken), then {@link #initialize} or load weights, then use, then close.
 */
public abstract class Module implements AutoCloseable {
  // Insertion order is the order of construction, which is the order checkpoints are listed in.
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, Module> children = new LinkedHashMap<>();

  /** Declares a parameter. */
  protected final Parameter parameter(String name, Init init, long... shape) {
    Parameter parameter = new Parameter(name, init, shape);
    if (parameters.put(name, parameter) != null) throw new IllegalArgumentException("two parameters are called '" + name + "'");
    return parameter;
  }

  /** Declares a parameter of fresh values such as {@code zeros(1)} or {@code normal(0.02, out, in)}. */
  protected final Parameter parameter(String name, Fresh values) {
    return parameter(name, values.init(), values.shape());
  }

  /**
   * Registers a parameter that another module declared, under a name of this one's: both then hold the same weights. Register it in both
   * only where they are not parts of one model, in which it would be listed, saved and updated twice.
   */
  protected final Parameter shared(String name, Parameter parameter) {
    if (parameters.put(name, parameter) != null) throw new IllegalArgumentException("two parameters are called '" + name + "'");
    return parameter;
  }

  /** Fresh values: all zero, as biases and gates begin. */
  protected static Fresh zeros(long... shape) {
    return new Fresh(Init.ZEROS, shape);
  }

  /** Fresh values: all one, as norm weights begin. */
  protected static Fresh ones(long... shape) {
    return new Fresh(Init.ONES, shape);
  }

  /** Fresh values: normally distributed around 0. */
  protected static Fresh normal(double standardDeviation, long... shape) {
    return new Fresh(Init.normal(standardDeviation), shape);
  }

  /**
   * Values that a parameter begins with.
   *
   * @param init how they are drawn
   * @param shape of the parameter
   */
  public record Fresh(Init init, long... shape) {}

  /** Registers a child; an empty name lends the child's parameters this module's own prefix. */
  protected final <M extends Module> M child(String name, M module) {
    if (children.put(name, module) != null) throw new IllegalArgumentException("two children are called '" + name + "'");
    return module;
  }

  /** Registers a list of children as {@code name.0}, {@code name.1}, … */
  protected final <M extends Module> List<M> children(String name, Collection<M> modules) {
    List<M> list = new ArrayList<>(modules);
    for (int i = 0; i < list.size(); i++) child(name + "." + i, list.get(i));
    return List.copyOf(list);
  }

  /** All parameters of this module and its children by full name, in order of registration. */
  public final Map<String, Parameter> parameters() {
    Map<String, Parameter> all = new LinkedHashMap<>();
    collect("", all);
    return all;
  }

  private void collect(String prefix, Map<String, Parameter> all) {
    parameters.forEach((name, parameter) -> {
      if (all.put(prefix + name, parameter) != null) throw new IllegalStateException("two parameters are called '" + prefix + name + "'");
    });
    children.forEach((name, module) -> module.collect(name.isEmpty() ? prefix : prefix + name + ".", all));
  }

  /** This module under the empty name, and all below it by full name, in order of registration. */
  public final Map<String, Module> modules() {
    Map<String, Module> all = new LinkedHashMap<>();
    all.put("", this);
    collectModules("", all);
    return all;
  }

  private void collectModules(String prefix, Map<String, Module> all) {
    children.forEach((name, module) -> {
      // Nameless children share their parent's name: they are parts of it.
      if (!name.isEmpty()) all.put(prefix + name, module);
      module.collectModules(name.isEmpty() ? prefix : prefix + name + ".", all);
    });
  }

  /** Takes back what {@link #child} registered. */
  final void removeChild(String name) {
    children.remove(name);
  }

  /** Number of weights. */
  public final long parameterCount() {
    return parameters().values().stream().mapToLong(Parameter::elements).sum();
  }

  /** Number of weights that training may change. */
  public final long trainableCount() {
    return parameters().values().stream().filter(Parameter::isTrainable).mapToLong(Parameter::elements).sum();
  }

  /** Draws fresh values for every parameter; each depends on the seed and its full name alone. */
  public final void initialize(Backend backend, long seed) {
    parameters().forEach((name, parameter) -> parameter.initialize(backend, seed, name));
  }

  /** Draws fresh values for the parameters that have none yet. */
  public final void initializeMissing(Backend backend, long seed) {
    parameters().forEach((name, parameter) -> {
      if (!parameter.isAllocated()) parameter.initialize(backend, seed, name);
    });
  }

  /** Freezes or unfreezes the parameters whose full name matches. */
  public final void setTrainable(Predicate<String> names, boolean trainable) {
    parameters().forEach((name, parameter) -> {
      if (names.test(name)) parameter.setTrainable(trainable);
    });
  }

  /** Freezes every parameter. */
  public final void freeze() {
    setTrainable(name -> true, false);
  }

  /** Unfreezes every parameter. */
  public final void unfreeze() {
    setTrainable(name -> true, true);
  }

  /** Forgets all gradients. */
  public final void clearGrads() {
    parameters().values().forEach(Parameter::clearGrad);
  }

  /** Releases the memory of every parameter, and whatever else its children hold. */
  @Override
  public void close() {
    children.values().forEach(Module::close);
    parameters.values().forEach(Parameter::close);
  }
}
