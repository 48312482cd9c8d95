
#include <eml_net.h>
static const float mynet_layer_0_biases[10] = { 0.122465f, -0.029753f, -0.081081f, 0.075224f, 0.025345f, 0.089588f, -0.034522f, -0.148182f, -0.011001f, -0.044583f };
static const float mynet_layer_0_weights[50] = { 0.012711f, 0.244497f, -0.329352f, -0.072856f, -0.215610f, 0.267812f, 0.017764f, -0.130791f, -0.349680f, -0.115020f, 0.003641f, -0.123253f, 0.578723f, 0.450221f, -1.212469f, -0.844792f, -0.078160f, -0.188809f, 0.095544f, 0.097189f, 0.947126f, -0.497311f, -0.168870f, 0.913555f, 0.289214f, 0.296531f, -0.229871f, -0.737042f, 0.074893f, 0.048753f, -0.548889f, -0.305548f, -0.032219f, -0.422506f, -0.043948f, 0.042701f, 0.015915f, -0.226421f, 0.265532f, 0.398542f, 0.143488f, -0.365924f, 0.327205f, -0.224251f, 0.393173f, -0.479318f, 0.408962f, -0.008973f, -0.558457f, -0.140380f };
static const float mynet_layer_1_biases[1] = { 0.077532f };
static const float mynet_layer_1_weights[10] = { 0.017109f, 0.086264f, -0.310595f, -0.350182f, 0.063114f, -0.147599f, 0.074473f, 0.240181f, -0.521392f, 0.080445f };
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
    