
#include <eml_net.h>
static const float mynet_layer_0_biases[10] = { -0.205625f, 0.456993f, -0.606063f, 0.076956f, -0.421344f, -0.306227f, 0.597240f, -0.113969f, -0.122919f, -0.430680f };
static const float mynet_layer_0_weights[50] = { 0.492009f, -0.147996f, 0.330702f, 0.586279f, -0.076625f, 0.277817f, -0.040607f, -0.276200f, -0.028696f, 0.058898f, 0.497247f, 0.251299f, -0.164965f, 0.599005f, 0.373477f, -0.475060f, 0.085068f, -0.181968f, -0.288778f, 0.596177f, -0.603263f, -0.539456f, 0.039339f, -0.158351f, -0.319797f, -0.613903f, 0.431369f, -0.605196f, 0.285028f, -0.586882f, -0.243952f, 0.292505f, 0.424669f, 0.501269f, 0.117502f, -0.411962f, -0.500053f, 0.148387f, 0.033812f, 0.009793f, 0.562609f, -0.025568f, 0.091031f, 0.091839f, -0.594809f, -0.510518f, 0.163716f, -0.181634f, -0.359292f, 0.337938f };
static const float mynet_layer_1_biases[1] = { -0.192414f };
static const float mynet_layer_1_weights[10] = { 0.347290f, 0.054061f, -0.463182f, -0.501050f, 0.301664f, 0.207868f, 0.072819f, 0.217173f, -0.141665f, -0.106264f };
static float mynet_buf1[10];
static float mynet_buf2[10];
static const EmlNetLayer mynet_layers[2] = { 
{ 10, 5, mynet_layer_0_weights, mynet_layer_0_biases, EmlNetActivationTanh }, 
{ 1, 10, mynet_layer_1_weights, mynet_layer_1_biases, EmlNetActivationIdentity } };
static EmlNet mynet = { 2, mynet_layers, mynet_buf1, mynet_buf2, 10 };

    int32_t
    mynet_predict(const float *features, int32_t n_features)
    {
        return eml_net_predict(&mynet, features, n_features);
    }
    

    int32_t
    mynet_regress(const float *features, int32_t n_features, float *out, int32_t out_length)
    {
        return eml_net_regress(&mynet, features, n_features, out, out_length);
    }
    

    float
    mynet_regress1(const float *features, int32_t n_features)
    {
        return eml_net_regress1(&mynet, features, n_features);
    }
    