#include "network_flops.h"

#include <exception>
#include <memory>
#include <numeric>
#include <openvino/openvino.hpp>
#include <string>

namespace likeness::bench {
namespace {

double product(const ov::Shape& shape, std::size_t from) {
  return std::accumulate(shape.begin() + static_cast<std::ptrdiff_t>(from), shape.end(), 1.0,
                         [](double all, std::size_t extent) { return all * static_cast<double>(extent); });
}

// Multiplications for each number of the output.
double products_each(const std::string& type, const ov::Shape& weights) {
  if (type == "Convolution") return product(weights, 1);       // [outputs, inputs, height, width]
  if (type == "GroupConvolution") return product(weights, 2);  // [groups, outputs, inputs, height, width]
  return static_cast<double>(weights.back());                  // MatMul with its second factor transposed
}

}  // namespace

double network_operations(const std::filesystem::path& file, const std::vector<std::size_t>& shape) {
  try {
    ov::Core core;
    const std::shared_ptr<ov::Model> model = core.read_model(file.string());
    if (!shape.empty()) model->reshape(ov::PartialShape(ov::Shape(shape)));
    double operations = 0;
    for (const auto& node : model->get_ops()) {
      const std::string type = node->get_type_name();
      if (type != "Convolution" && type != "GroupConvolution" && type != "MatMul") continue;
      operations += 2 * product(node->get_output_shape(0), 0) * products_each(type, node->get_input_shape(1));
    }
    return operations;
  } catch (const std::exception&) {
    return 0;
  }
}

}  // namespace likeness::bench
